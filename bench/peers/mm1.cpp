// M/M/1 at rho = 0.8, as bench/scenarios/mm1.yaml has it: mm1 CUSTOMERS
#include <cstdlib>
#include <deque>

#include "sim.hpp"

static const Ziggurat ziggurat;

struct Model {
  enum : uint32_t { arrival, departure };
  Random arrivals{1}, services{2};
  Calendar calendar;
  Histogram latency;
  std::deque<double> inside;
  double now = 0;
  uint32_t order = 0;

  void after(double delay, uint32_t who) { calendar.push({now + delay, ++order, who}); }
  void serve() { after(ziggurat.exponential(services) * 0.001, departure); }

  void run(uint64_t customers) {
    after(ziggurat.exponential(arrivals) / 800, arrival);
    for (uint64_t ended = 0, asked = 0; ended < customers;) {
      const Event event = calendar.top();
      calendar.pop();
      now = event.time;
      if (event.who == arrival) {
        if (++asked < customers) after(ziggurat.exponential(arrivals) / 800, arrival);
        inside.push_back(now);
        if (inside.size() == 1) serve();
      } else {
        latency.record(now - inside.front());
        inside.pop_front();
        ended++;
        if (!inside.empty()) serve();
      }
    }
  }
};

int main(int, char** argv) {
  const uint64_t customers = std::strtoull(argv[1], nullptr, 10);
  Model().run(customers / 10);
  const double before = cpu();
  Model model;
  model.run(customers);
  answer(customers, cpu() - before, model.latency);
}
