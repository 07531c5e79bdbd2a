package io.stoat.bench.target;

import io.stoat.bench.workload.Operation;

/** One client's way to a target. One thread. */
public interface Session extends AutoCloseable {
    /**
     * Starts an operation. It may complete before this returns, by {@link InFlight#complete}; it
     * may use the operation's buffers only until it returns.
     *
     * @param operation to carry out.
     * @param slot that it has in {@link InFlight}.
     * @return false when it cannot be taken now: nothing was sent, try again after {@link #poll()}.
     */
    boolean offer(Operation operation, int slot);

    /**
     * Takes in answers that came.
     *
     * @return how many.
     */
    int poll();

    @Override
    void close();
}
