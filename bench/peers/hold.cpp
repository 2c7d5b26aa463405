// The hold model: hold PENDING HOLDS. The event that is served leaves, and the next one enters an exponential
// time ahead.
#include <cstdlib>

#include "sim.hpp"

int main(int, char** argv) {
  const uint64_t pending = std::strtoull(argv[1], nullptr, 10), holds = std::strtoull(argv[2], nullptr, 10);
  // Drawn beforehand: what is measured is the calendar.
  const Ziggurat ziggurat;
  Random random(1);
  std::vector<double> delays(1 << 16);
  for (auto& delay : delays) delay = ziggurat.exponential(random);
  Calendar calendar;
  uint32_t order = 0;
  for (uint64_t i = 0; i < pending; i++) {
    calendar.push({delays[order % delays.size()], order, 0});
    order++;
  }
  const auto run = [&](uint64_t count) {
    for (; count > 0; count--) {
      const Event event = calendar.top();
      calendar.pop();
      calendar.push({event.time + delays[order % delays.size()], order, event.who});
      order++;
    }
  };
  run(std::max(holds / 5, pending));
  const double before = cpu();
  run(holds);
  std::printf("{\"count\":%llu,\"cpu\":%.6f,\"last\":%.9g}\n", static_cast<unsigned long long>(holds), cpu() - before,
              calendar.top().time);
}
