package io.stoat.bench.echo;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** Whether a process's threads are to sleep, and who sleeps: going on wakes them. Any thread. */
final class Pause {
    private final Set<Thread> sleepers = ConcurrentHashMap.newKeySet();
    private volatile boolean isOn;

    boolean isOn() {
        return isOn;
    }

    void set(final boolean on) {
        isOn = on;
        if (!on) {
            sleepers.forEach(LockSupport::unpark);
        }
    }

    /** Sleeps for some time, or until the pause is over. */
    void sleep(final long durationNs) {
        sleepers.add(Thread.currentThread());
        if (isOn) {
            LockSupport.parkNanos(durationNs);
        }
    }
}
