package io.stoat.replication;

/** Told of the outcome of each command of a {@link ReplicatedClient}, exactly once a command. */
@FunctionalInterface
public interface ResultListener {
    /**
     * One outcome. It must not send: it may note what is to be sent.
     *
     * @param message number that {@link ReplicatedClient#send()} gave to the command's message.
     * @param index of the command in its message, from 0.
     * @param status of the command, from {@link io.stoat.store.Status} or {@link
     *     ReplicationStatus}.
     * @param version that was written, removed or found; 0 when unknown.
     * @param counter sum of an addition, else 0.
     * @param position log position of the message, 0 when unknown: a member that has applied it
     *     shows the command's effect.
     */
    void onResult(long message, int index, int status, long version, long counter, long position);
}
