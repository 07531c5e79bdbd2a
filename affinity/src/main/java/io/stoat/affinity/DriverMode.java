package io.stoat.affinity;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** How a plan runs Aeron's media driver; all but NONE are named as in Aeron's ThreadingMode. */
public enum DriverMode {
    /** The plan has no media driver. */
    NONE,
    /** The thread of other agents drives it in its duty cycle. */
    INVOKER,
    /** One thread of its own. */
    SHARED,
    /** A thread for the conductor, one for sender and receiver. */
    SHARED_NETWORK,
    /** A thread each. */
    DEDICATED;

    /**
     * @throws IllegalArgumentException when Aeron has no such mode.
     */
    static DriverMode of(final Map<Role, PlannedThread> threads) {
        requireOneDriver(threads.keySet());
        final PlannedThread driver = threads.get(Role.DRIVER);
        if (driver != null) {
            return driver.roles().size() == 1 ? SHARED : INVOKER;
        }
        final List<Role> agents = threads.keySet().stream().filter(DriverMode::isOfNode).toList();
        if (agents.isEmpty()) {
            return NONE;
        }
        if (agents.size() < 3) {
            throw new IllegalArgumentException(
                    "of the media driver's agents only "
                            + agents
                            + " are given; give driver-conductor, driver-sender and driver-receiver,"
                            + " or driver for all of them");
        }
        return of(
                threads.get(Role.DRIVER_CONDUCTOR),
                threads.get(Role.DRIVER_SENDER),
                threads.get(Role.DRIVER_RECEIVER));
    }

    private static DriverMode of(
            final PlannedThread conductor,
            final PlannedThread sender,
            final PlannedThread receiver) {
        if (conductor == sender && sender == receiver) {
            return conductor.roles().size() == 3 ? SHARED : INVOKER;
        }
        final boolean conductorAlone = conductor.roles().size() == 1;
        if (conductorAlone && sender == receiver && sender.roles().size() == 2) {
            return SHARED_NETWORK;
        }
        if (conductorAlone && sender.roles().size() == 1 && receiver.roles().size() == 1) {
            return DEDICATED;
        }
        throw new IllegalArgumentException(
                "Aeron cannot run its media driver on the threads "
                        + Stream.of(conductor, sender, receiver)
                                .map(PlannedThread::name)
                                .distinct()
                                .toList()
                        + "; give its agents a thread each, or driver-sender+driver-receiver one"
                        + " thread and driver-conductor another, or all three one thread");
    }

    /** The drivers of a member's other groups are always whole, on threads that Stoat runs. */
    private static boolean isOfNode(final Role role) {
        return role.kind().isDriver() && role.index() == 0;
    }

    static void requireOneDriver(final Set<Role> roles) {
        if (roles.contains(Role.DRIVER)
                && roles.stream().filter(DriverMode::isOfNode).count() > 1) {
            throw new IllegalArgumentException(
                    "driver is conductor, sender and receiver in one; give either driver or"
                            + " driver-conductor, driver-sender and driver-receiver");
        }
    }
}
