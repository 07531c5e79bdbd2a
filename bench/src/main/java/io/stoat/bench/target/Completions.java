package io.stoat.bench.target;

/** Takes in the ends of operations. The session's thread. */
@FunctionalInterface
interface Completions {
    /**
     * Ends an operation.
     *
     * @param slot of the operation.
     * @param outcome an {@link Outcome}.
     */
    void complete(int slot, int outcome);
}
