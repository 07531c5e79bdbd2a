package io.stoat.bench.cluster;

/** Sends messages of a number of puts each, and knows how many were answered. One thread. */
interface Load extends AutoCloseable {
    /** Sends a message of so many puts; false: not now, poll first. */
    boolean send(int puts);

    /** Lets everything work. */
    int poll();

    /** Messages sent and not answered. */
    int inFlight();

    /** Messages that may be in flight. */
    int window();

    /** Puts that were answered. */
    long answeredPuts();

    /** Whether messages can be sent. */
    boolean isConnected();

    @Override
    void close();
}
