package io.stoat.affinity;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Collectors;

/**
 * What an agent does, which is what its thread is named for: {@code driver}, {@code read-0}, ….
 *
 * @param kind of work.
 * @param index number among the agents of the kind; 0 where there is only one.
 */
public record Role(Kind kind, int index) implements Comparable<Role> {
    /** Kinds of roles, in the order in which they choose their cores. */
    public enum Kind {
        /** Aeron media driver: conductor, sender and receiver on one thread. */
        DRIVER("driver", false),
        /** Aeron media driver's sender. */
        DRIVER_SENDER("driver-sender", false),
        /** Aeron media driver's receiver. */
        DRIVER_RECEIVER("driver-receiver", false),
        /** Agent that serves reads. */
        READ("read", true),
        /** Agent that owns shards. */
        WRITE("write", true),
        /** Aeron Cluster: consensus and clustered service. */
        CLUSTER("cluster", false),
        /** Aeron Archive. */
        ARCHIVE("archive", false),
        /** Aeron media driver's conductor. */
        DRIVER_CONDUCTOR("driver-conductor", false),
        /** The application's thread. It waits for the agents, so it never shares a thread. */
        CLIENT("client", false),
        /** Upkeep that is never urgent. It always sleeps between its rounds. */
        HOUSEKEEPING("housekeeping", false);

        private final String label;
        private final boolean numbered;

        Kind(final String label, final boolean numbered) {
            this.label = label;
            this.numbered = numbered;
        }

        /**
         * @return whether it is one of the media driver's agents.
         */
        public boolean isDriver() {
            return this == DRIVER
                    || this == DRIVER_CONDUCTOR
                    || this == DRIVER_SENDER
                    || this == DRIVER_RECEIVER;
        }
    }

    /** {@link Kind#DRIVER}. */
    public static final Role DRIVER = new Role(Kind.DRIVER, 0);

    /** {@link Kind#DRIVER_CONDUCTOR}. */
    public static final Role DRIVER_CONDUCTOR = new Role(Kind.DRIVER_CONDUCTOR, 0);

    /** {@link Kind#DRIVER_SENDER}. */
    public static final Role DRIVER_SENDER = new Role(Kind.DRIVER_SENDER, 0);

    /** {@link Kind#DRIVER_RECEIVER}. */
    public static final Role DRIVER_RECEIVER = new Role(Kind.DRIVER_RECEIVER, 0);

    /** {@link Kind#CLUSTER}. */
    public static final Role CLUSTER = new Role(Kind.CLUSTER, 0);

    /** {@link Kind#ARCHIVE}. */
    public static final Role ARCHIVE = new Role(Kind.ARCHIVE, 0);

    /** {@link Kind#CLIENT}. */
    public static final Role CLIENT = new Role(Kind.CLIENT, 0);

    /** {@link Kind#HOUSEKEEPING}. */
    public static final Role HOUSEKEEPING = new Role(Kind.HOUSEKEEPING, 0);

    private static final int MAX_INDEX = 999;
    private static final Comparator<Role> ORDER =
            Comparator.comparing(Role::kind).thenComparingInt(Role::index);

    /** Refuses an index that the kind does not have. */
    public Role {
        if (index < 0 || index > (kind.numbered ? MAX_INDEX : 0)) {
            throw new IllegalArgumentException("role " + kind.label + " has no index " + index);
        }
    }

    /**
     * @param index from 0 to 999.
     * @return role of a read agent.
     */
    public static Role read(final int index) {
        return new Role(Kind.READ, index);
    }

    /**
     * @param index from 0 to 999.
     * @return role of a write agent.
     */
    public static Role write(final int index) {
        return new Role(Kind.WRITE, index);
    }

    /**
     * @param name as {@link #toString} gives it, such as {@code read-0}.
     * @return the role.
     * @throws IllegalArgumentException naming the text and the known roles.
     */
    public static Role parse(final String name) {
        for (final Kind kind : Kind.values()) {
            if (!kind.numbered && name.equals(kind.label)) {
                return new Role(kind, 0);
            }
            if (kind.numbered && name.matches(kind.label + "-(0|[1-9]\\d{0,2})")) {
                return new Role(kind, Integer.parseInt(name.substring(kind.label.length() + 1)));
            }
        }
        throw new IllegalArgumentException(
                "unknown role '"
                        + name
                        + "'; known: "
                        + Arrays.stream(Kind.values())
                                .map(kind -> kind.numbered ? kind.label + "-N" : kind.label)
                                .collect(Collectors.joining(", ")));
    }

    @Override
    public int compareTo(final Role other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return kind.numbered ? kind.label + "-" + index : kind.label;
    }
}
