package io.stoat.transport;

import java.util.List;

/** Decides which of a server's agents share a thread, and what their threads are like. */
public interface AgentThreads {
    /** Role of the whole media driver. */
    String DRIVER = "driver";

    /** Role of the media driver's conductor, where its agents have threads of their own. */
    String DRIVER_CONDUCTOR = "driver-conductor";

    /** Role of the media driver's sender, where its agents have threads of their own. */
    String DRIVER_SENDER = "driver-sender";

    /** Role of the media driver's receiver, where its agents have threads of their own. */
    String DRIVER_RECEIVER = "driver-receiver";

    /** Role of the first agent that serves reads is this with the number 0; and so on. */
    String READ_PREFIX = "read-";

    /** Role of the first agent that owns shards is this with the number 0; and so on. */
    String WRITE_PREFIX = "write-";

    /**
     * Called once, by {@link StoreServer#launch}.
     *
     * @param roles {@link #DRIVER}, and the server's agents: {@code read-0}, …, {@code write-0}, ….
     * @return the threads; each role in exactly one of them. In place of {@link #DRIVER} its three
     *     agents may be named.
     */
    List<AgentThread> arrange(List<String> roles);
}
