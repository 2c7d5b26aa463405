// Four tiers, as bench/scenarios/four-tier.yaml has them: four-tier REQUESTS SCALE
// Requests are columns of arrays; timeouts stand in a ring, of which only the oldest is an event.
#include <cstdlib>

#include "sim.hpp"

static const Ziggurat ziggurat;

struct Station {
  uint32_t idle;
  uint32_t head, tail;
};

struct Deadline {
  double time;
  uint32_t request, generation;
};

class Model {
 public:
  explicit Model(uint32_t scale) : rate_(1600.0 * scale) {
    const uint32_t workers[] = {4, 4, 8, 8, 4, 8};
    for (int i = 0; i < 6; i++) stations_[i] = {workers[i] * scale, none, none};
  }

  void run(uint64_t requests) {
    to_come_ = requests;
    after(ziggurat.exponential(arrivals_) / rate_, arrival);
    while (!calendar_.empty()) {
      const Event event = calendar_.top();
      calendar_.pop();
      now_ = event.time;
      if (event.who == arrival) arrive();
      else if (event.who == deadline) expire();
      else served(event.who);
    }
  }

  const Histogram& latency() const { return latency_; }

 private:
  enum : uint32_t { none = 0xffffffff, arrival = 0xfffffffe, deadline = 0xfffffffd };

  void after(double delay, uint32_t who) { calendar_.push({now_ + delay, ++order_, who}); }

  void arrive() {
    if (--to_come_ > 0) after(ziggurat.exponential(arrivals_) / rate_, arrival);
    const uint32_t request = take();
    arrived_[request] = now_;
    given_up_[request] = 0;
    if (count_ == ring_.size()) grow();
    ring_[(head_ + count_++) & (ring_.size() - 1)] = {now_ + 1, request, generation_[request]};
    if (!armed_) {
      armed_ = true;
      after(1, deadline);
    }
    enter(web_ ^= 1, request);
  }

  void enter(uint32_t where, uint32_t request) {
    Station& station = stations_[where];
    at_[request] = where;
    if (station.idle > 0) {
      station.idle--;
      serve(where, request);
      return;
    }
    behind_[request] = none;
    if (station.head == none) station.head = request;
    else behind_[station.tail] = request;
    station.tail = request;
  }

  void serve(uint32_t where, uint32_t request) {
    static const double means[] = {0.003, 0.003, 0, 0, 0.008, 0.003};
    // The mean of a lognormal law is exp(mu + sigma^2 / 2).
    static const double median = 0.006 * std::exp(-0.125);
    after(where == 2 || where == 3 ? median * std::exp(0.5 * ziggurat.normal(services_))
                                   : means[where] * ziggurat.exponential(services_),
          request);
  }

  void served(uint32_t request) {
    const uint32_t where = at_[request];
    Station& station = stations_[where];
    if (station.head == none) {
      station.idle++;
    } else {
      const uint32_t next = station.head;
      station.head = behind_[next];
      serve(where, next);
    }
    if (where < 2) enter(2 + (app_[where] ^= 1), request);
    else if (where < 4) enter(choices_.uniform() < 0.2 ? 4 : 5, request);
    else end(request);
  }

  void end(uint32_t request) {
    if (!given_up_[request]) latency_.record(now_ - arrived_[request]);
    generation_[request]++;
    behind_[request] = free_;
    free_ = request;
  }

  void expire() {
    while (count_ > 0) {
      const Deadline& oldest = ring_[head_];
      const bool living = generation_[oldest.request] == oldest.generation;
      if (living && oldest.time > now_) {
        after(oldest.time - now_, deadline);
        return;
      }
      if (living) given_up_[oldest.request] = 1;
      head_ = (head_ + 1) & (ring_.size() - 1);
      count_--;
    }
    armed_ = false;
  }

  void grow() {
    std::vector<Deadline> larger(ring_.size() * 2);
    for (size_t i = 0; i < count_; i++) larger[i] = ring_[(head_ + i) & (ring_.size() - 1)];
    ring_ = std::move(larger);
    head_ = 0;
  }

  uint32_t take() {
    if (free_ != none) {
      const uint32_t request = free_;
      free_ = behind_[request];
      return request;
    }
    arrived_.push_back(0);
    at_.push_back(0);
    behind_.push_back(none);
    generation_.push_back(0);
    given_up_.push_back(0);
    return static_cast<uint32_t>(arrived_.size() - 1);
  }

  const double rate_;
  Random arrivals_{1}, services_{2}, choices_{3};
  Calendar calendar_;
  Histogram latency_;
  Station stations_[6];
  double now_ = 0;
  uint32_t order_ = 0;
  uint64_t to_come_ = 0;
  uint32_t web_ = 1, app_[2] = {1, 1};
  std::vector<double> arrived_;
  std::vector<uint32_t> at_, behind_, generation_;
  std::vector<uint8_t> given_up_;
  uint32_t free_ = none;
  std::vector<Deadline> ring_ = std::vector<Deadline>(1024);
  size_t head_ = 0, count_ = 0;
  bool armed_ = false;
};

int main(int, char** argv) {
  const uint64_t requests = std::strtoull(argv[1], nullptr, 10);
  const uint32_t scale = static_cast<uint32_t>(std::atoi(argv[2]));
  Model(scale).run(requests / 10);
  const double before = cpu();
  Model model(scale);
  model.run(requests);
  answer(requests, cpu() - before, model.latency());
}
