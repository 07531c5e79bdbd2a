package io.stoat.bench.target;

import io.stoat.bench.workload.Operation;

/** A target that answers each call before it returns. One thread. */
interface BlockingStore extends AutoCloseable {
    /** Reads the operation's key and judges what was found: an {@link Outcome}. */
    int get(Operation operation);

    /** Writes the operation's value under its key: an {@link Outcome}. */
    int put(Operation operation);

    @Override
    void close();
}
