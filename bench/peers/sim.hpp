// What the C++ programs share: chance, a histogram, the future event list, and the report.
#pragma once
#include <sys/resource.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <queue>
#include <vector>

// xoshiro256++ by Blackman and Vigna, seeded by splitmix64.
class Random {
 public:
  explicit Random(uint64_t seed) {
    for (auto& word : state_) {
      seed += 0x9e3779b97f4a7c15;
      uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
      z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
      word = z ^ (z >> 31);
    }
  }
  uint64_t bits() {
    const uint64_t result = turn(state_[0] + state_[3], 23) + state_[0];
    const uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = turn(state_[3], 45);
    return result;
  }
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

 private:
  static uint64_t turn(uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }
  uint64_t state_[4];
};

// The ziggurat of Marsaglia and Tsang in 256 layers; 53 bits beside those that choose the layer.
class Ziggurat {
 public:
  Ziggurat() {
    const double r = 7.69711747013104972, v = 0.0039496598225815571993;
    exponential_[0] = v * std::exp(r);
    exponential_[1] = r;
    for (int i = 2; i < 256; i++) exponential_[i] = -std::log(std::exp(-exponential_[i - 1]) + v / exponential_[i - 1]);
    exponential_[256] = 0;
    const double area = 0.00492867323399;
    normal_[0] = area / bell(tail);
    normal_[1] = tail;
    for (int i = 2; i < 256; i++) normal_[i] = std::sqrt(-2 * std::log(bell(normal_[i - 1]) + area / normal_[i - 1]));
    normal_[256] = 0;
  }
  // Mean 1.
  double exponential(Random& random) const {
    for (double beyond = 0;;) {
      const uint64_t bits = random.bits();
      const int i = bits & 255;
      const double x = static_cast<double>(bits >> 11) * 0x1p-53 * exponential_[i];
      if (x < exponential_[i + 1]) return beyond + x;
      if (i == 0) {
        beyond += exponential_[1];
        continue;
      }
      const double low = std::exp(-exponential_[i]), high = std::exp(-exponential_[i + 1]);
      if (low + random.uniform() * (high - low) < std::exp(-x)) return beyond + x;
    }
  }
  double normal(Random& random) const {
    for (;;) {
      const uint64_t bits = random.bits();
      const int i = bits & 255;
      const double sign = bits & 256 ? -1 : 1;
      const double x = static_cast<double>(bits >> 11) * 0x1p-53 * normal_[i];
      if (x < normal_[i + 1]) return sign * x;
      if (i == 0) {
        for (;;) {
          const double a = -std::log(1 - random.uniform()) / tail, b = -std::log(1 - random.uniform());
          if (2 * b > a * a) return sign * (tail + a);
        }
      }
      const double low = bell(normal_[i]), high = bell(normal_[i + 1]);
      if (low + random.uniform() * (high - low) < bell(x)) return sign * x;
    }
  }

 private:
  static double bell(double x) { return std::exp(-x * x / 2); }
  static constexpr double tail = 3.6541528853610088;
  double exponential_[257];
  double normal_[257];
};

// Log-linear, 1024 buckets to a power of two, 2^-24 to 2^24 seconds.
class Histogram {
 public:
  void record(double seconds) {
    uint64_t bits;
    std::memcpy(&bits, &seconds, 8);
    const int64_t bucket = static_cast<int64_t>(bits >> 42) - base;
    counts_[bucket < 0 ? 0 : bucket]++;
    count_++;
    sum_ += seconds;
  }
  double mean() const { return sum_ / count_; }
  double quantile(double p) const {
    const double rank = p * count_;
    double seen = 0;
    for (size_t i = 0; i < counts_.size(); i++) {
      if (seen + counts_[i] >= rank && counts_[i] > 0)
        return edge(i) + (edge(i + 1) - edge(i)) * (rank - seen) / counts_[i];
      seen += counts_[i];
    }
    return NAN;
  }

 private:
  static constexpr int64_t base = (1023 - 24) << 10;
  static double edge(size_t bucket) { return std::ldexp(1 + (bucket % 1024) / 1024.0, static_cast<int>(bucket / 1024) - 24); }
  std::vector<uint64_t> counts_ = std::vector<uint64_t>(48 * 1024);
  uint64_t count_ = 0;
  double sum_ = 0;
};

// By time, then by order of entry.
struct Event {
  double time;
  uint32_t order;
  uint32_t who;
};

// The future event list: the standard library's heap, or, with -DFOUR_ARY, one whose nodes have four children and
// whose comparisons need no branches.
#ifdef FOUR_ARY
class Calendar {
 public:
  bool empty() const { return heap_.empty(); }
  const Event& top() const { return heap_[0]; }

  void push(const Event& event) {
    size_t i = heap_.size();
    heap_.push_back(event);
    for (; i > 0 && key(event) < key(heap_[(i - 1) / 4]); i = (i - 1) / 4) heap_[i] = heap_[(i - 1) / 4];
    heap_[i] = event;
  }

  void pop() {
    const Event last = heap_.back();
    heap_.pop_back();
    if (heap_.empty()) return;
    size_t i = 0;
    for (size_t child = first(4 * i + 1); child != 0 && key(heap_[child]) < key(last); child = first(4 * i + 1)) {
      heap_[i] = heap_[child];
      i = child;
    }
    heap_[i] = last;
  }

 private:
  // Times are positive: as integers their bits have the same order.
  static unsigned __int128 key(const Event& event) {
    uint64_t bits;
    std::memcpy(&bits, &event.time, 8);
    return static_cast<unsigned __int128>(bits) << 32 | event.order;
  }
  size_t least(size_t a, size_t b) const { return a + (b - a) * (key(heap_[b]) < key(heap_[a])); }
  // The least of the four children from `child` on; 0 if there is none.
  size_t first(size_t child) const {
    if (child + 3 < heap_.size()) return least(least(child, child + 1), least(child + 2, child + 3));
    size_t best = child < heap_.size() ? child : 0;
    for (size_t other = child + 1; other < heap_.size(); other++) best = least(best, other);
    return best;
  }
  std::vector<Event> heap_;
};
#else
struct Later {
  bool operator()(const Event& a, const Event& b) const {
    return a.time > b.time || (a.time == b.time && a.order > b.order);
  }
};
using Calendar = std::priority_queue<Event, std::vector<Event>, Later>;
#endif

inline double cpu() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

inline void answer(uint64_t count, double seconds, const Histogram& latency) {
  std::printf("{\"count\":%llu,\"cpu\":%.6f,\"mean\":%.9g,\"p50\":%.9g,\"p99\":%.9g}\n",
              static_cast<unsigned long long>(count), seconds, latency.mean(), latency.quantile(0.5),
              latency.quantile(0.99));
}
