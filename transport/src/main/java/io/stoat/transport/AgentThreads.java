package io.stoat.transport;

import java.util.List;

/**
 * Decides which threads run a server's roles. Called once, at launch, on the launching thread.
 *
 * <p>The roles are {@value #DRIVER} (Aeron's media driver), {@code read-0}, {@code read-1}, … and
 * {@code write-0}, {@code write-1}, …. Each must be in exactly one thread of the answer. The driver
 * may instead be given as its three parts {@value #DRIVER_CONDUCTOR}, {@value #DRIVER_SENDER} and
 * {@value #DRIVER_RECEIVER}: all on one thread (which is the same as the driver), each on a thread
 * of its own, or sender and receiver on one and the conductor on another; parts on threads of their
 * own are Aeron's own runners, which no decorator wraps.
 */
@FunctionalInterface
public interface AgentThreads {
    /** Role of the whole media driver. */
    String DRIVER = "driver";

    /** Role of the media driver's conductor. */
    String DRIVER_CONDUCTOR = "driver-conductor";

    /** Role of the media driver's sender. */
    String DRIVER_SENDER = "driver-sender";

    /** Role of the media driver's receiver. */
    String DRIVER_RECEIVER = "driver-receiver";

    /** Prefix of the read agents' roles. */
    String READ_PREFIX = "read-";

    /** Prefix of the write agents' roles. */
    String WRITE_PREFIX = "write-";

    /**
     * Arranges roles on threads.
     *
     * @param roles names of the roles to run.
     * @return the threads.
     */
    List<AgentThread> arrange(List<String> roles);
}
