#pragma once

#include <pthread.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "os/threads.h"
#include "vendor/catch.hpp"

namespace mp::test {

// Threads that wait on one condition variable until this object goes, as V8's helpers do.
class ParkedThreads {
 public:
  explicit ParkedThreads(int count, clockid_t clock = CLOCK_MONOTONIC) : threads_(count) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, clock);
    pthread_cond_init(&condition_, &attributes);
    pthread_condattr_destroy(&attributes);
    for (pthread_t& thread : threads_) {
      REQUIRE(pthread_create(&thread, nullptr, Run, this) == 0);
    }
    WaitUntilParked();
  }

  ~ParkedThreads() {
    pthread_mutex_lock(&mutex_);
    leave_ = true;
    pthread_cond_broadcast(&condition_);
    pthread_mutex_unlock(&mutex_);
    for (const pthread_t thread : threads_) pthread_join(thread, nullptr);
    pthread_cond_destroy(&condition_);
    pthread_mutex_destroy(&mutex_);
  }

  ParkedThreads(const ParkedThreads&) = delete;
  ParkedThreads& operator=(const ParkedThreads&) = delete;

  pthread_cond_t* condition() { return &condition_; }
  pthread_mutex_t* mutex() { return &mutex_; }

  // Has one of them compute until StopComputing(); the others wait for the mutex.
  void StartComputing() {
    compute_ = true;
    pthread_cond_broadcast(&condition_);
    while (!computes_) std::this_thread::yield();
  }
  void StopComputing() { compute_ = false; }

  // Wakes all of them, and waits until they are parked again.
  void WakeAll() {
    pthread_mutex_lock(&mutex_);
    waiting_ = 0;
    round_++;
    pthread_cond_broadcast(&condition_);
    pthread_mutex_unlock(&mutex_);
    WaitUntilParked();
  }

 private:
  static void* Run(void* argument) {
    auto* self = static_cast<ParkedThreads*>(argument);
    pthread_mutex_lock(&self->mutex_);
    while (!self->leave_) {
      const int round = self->round_;
      self->waiting_++;
      while (!self->leave_ && round == self->round_) {
        pthread_cond_wait(&self->condition_, &self->mutex_);
        while (self->compute_) self->computes_ = true;
      }
    }
    pthread_mutex_unlock(&self->mutex_);
    return nullptr;
  }

  bool AllWait() {
    pthread_mutex_lock(&mutex_);
    const bool all = waiting_ == static_cast<int>(threads_.size());
    pthread_mutex_unlock(&mutex_);
    return all;
  }

  // They have let go of the mutex, and soon sleep; only the kernel knows when.
  void WaitUntilParked() {
    while (!AllWait() || CountParked() < threads_.size()) std::this_thread::yield();
  }

  size_t CountParked() const {
    const auto states = os::ListOtherThreads();
    REQUIRE(states.ok());
    const auto begin = reinterpret_cast<uintptr_t>(&condition_);
    size_t count = 0;
    for (const os::ThreadState& state : states.value()) {
      if (state.futex >= begin && state.futex < begin + sizeof(condition_)) count++;
    }
    return count;
  }

  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition_;
  std::vector<pthread_t> threads_;
  int waiting_ = 0;
  int round_ = 0;
  bool leave_ = false;
  std::atomic<bool> compute_{false};
  std::atomic<bool> computes_{false};
};

}  // namespace mp::test
