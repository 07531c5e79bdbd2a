package io.stoat.affinity;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Collectors;

/**
 * What an agent does, which is what its thread is named for: {@code driver}, {@code read-0}, ….
 *
 * <p>A member of a cluster has the roles driver, archive, consensus and service; a process with
 * members of several groups has them once a group, named {@code driver}, {@code driver-1}, … by the
 * group's number.
 *
 * @param kind of work.
 * @param index number among the agents of the kind; number of the group for a member's roles; 0
 *     where there is only one.
 */
public record Role(Kind kind, int index) implements Comparable<Role> {
    /** Which agents of a kind have their number in the name. */
    private enum Numbering {
        NONE(""),
        EACH("-N"),
        BY_GROUP("[-N]");

        private final String sample;

        Numbering(final String sample) {
            this.sample = sample;
        }
    }

    /** Kinds of roles, in the order in which they choose their cores. */
    public enum Kind {
        /** Aeron media driver: conductor, sender and receiver on one thread. */
        DRIVER("driver", Numbering.BY_GROUP),
        /** Aeron media driver's sender. */
        DRIVER_SENDER("driver-sender", Numbering.NONE),
        /** Aeron media driver's receiver. */
        DRIVER_RECEIVER("driver-receiver", Numbering.NONE),
        /** Agent that serves reads. */
        READ("read", Numbering.EACH),
        /** Agent that owns shards. */
        WRITE("write", Numbering.EACH),
        /** Serves the remote readers of a cluster's member, with a media driver of its own. */
        ENDPOINT("endpoint", Numbering.NONE),
        /** Aeron Cluster's consensus module. It waits for driver and archive. */
        CONSENSUS("consensus", Numbering.BY_GROUP),
        /** Aeron Cluster's service, which owns the shards. It waits for all the others. */
        SERVICE("service", Numbering.BY_GROUP),
        /** Aeron Archive. */
        ARCHIVE("archive", Numbering.BY_GROUP),
        /** Aeron media driver's conductor. */
        DRIVER_CONDUCTOR("driver-conductor", Numbering.NONE),
        /** The application's thread. It waits for the agents, so it never shares a thread. */
        CLIENT("client", Numbering.NONE),
        /** Upkeep that is never urgent. It always sleeps between its rounds. */
        HOUSEKEEPING("housekeeping", Numbering.NONE);

        private final String label;
        private final Numbering numbering;

        Kind(final String label, final Numbering numbering) {
            this.label = label;
            this.numbering = numbering;
        }

        /**
         * @return whether it is one of a media driver's agents.
         */
        public boolean isDriver() {
            return this == DRIVER
                    || this == DRIVER_CONDUCTOR
                    || this == DRIVER_SENDER
                    || this == DRIVER_RECEIVER;
        }

        private boolean isAlone() {
            return this == CLIENT || this == CONSENSUS || this == SERVICE || this == ENDPOINT;
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

    /** {@link Kind#ENDPOINT}. */
    public static final Role ENDPOINT = new Role(Kind.ENDPOINT, 0);

    /** {@link Kind#CONSENSUS} of group 0. */
    public static final Role CONSENSUS = new Role(Kind.CONSENSUS, 0);

    /** {@link Kind#SERVICE} of group 0. */
    public static final Role SERVICE = new Role(Kind.SERVICE, 0);

    /** {@link Kind#ARCHIVE} of group 0. */
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
        if (index < 0 || index > (kind.numbering == Numbering.NONE ? 0 : MAX_INDEX)) {
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
     * @param kind driver, consensus, service or archive.
     * @param group of the member, from 0 to 999.
     * @return the role in the member of that group.
     */
    public static Role ofGroup(final Kind kind, final int group) {
        if (kind.numbering != Numbering.BY_GROUP) {
            throw new IllegalArgumentException("a group has no role of its own of kind " + kind);
        }
        return new Role(kind, group);
    }

    /**
     * @param index from 0 to 999.
     * @return role of a write agent.
     */
    public static Role write(final int index) {
        return new Role(Kind.WRITE, index);
    }

    /**
     * Whether one thread may run both, one after the other. The client, consensus and service block
     * until other roles have answered, the endpoint is started and ended by itself, and so are the
     * members of different groups: an archive, or the driver of a group other than 0, shares with
     * the archive or driver of its group alone.
     *
     * @param other role.
     * @return whether they can share a thread.
     */
    public boolean sharesThreadWith(final Role other) {
        if (kind.isAlone() || other.kind.isAlone()) {
            return false;
        }
        final boolean ofGroup = kind == Kind.ARCHIVE || other.kind == Kind.ARCHIVE;
        if (ofGroup) {
            return index == other.index && (kind == Kind.DRIVER || other.kind == Kind.DRIVER);
        }
        return !(kind == Kind.DRIVER && index > 0)
                && !(other.kind == Kind.DRIVER && other.index > 0);
    }

    /**
     * @param name as {@link #toString} gives it, such as {@code read-0}; {@code driver-0} is {@code
     *     driver}.
     * @return the role.
     * @throws IllegalArgumentException naming the text and the known roles.
     */
    public static Role parse(final String name) {
        for (final Kind kind : Kind.values()) {
            if (kind.numbering != Numbering.EACH && name.equals(kind.label)) {
                return new Role(kind, 0);
            }
            if (kind.numbering != Numbering.NONE
                    && name.matches(kind.label + "-(0|[1-9]\\d{0,2})")) {
                return new Role(kind, Integer.parseInt(name.substring(kind.label.length() + 1)));
            }
        }
        throw new IllegalArgumentException(
                "unknown role '"
                        + name
                        + "'; known: "
                        + Arrays.stream(Kind.values())
                                .map(kind -> kind.label + kind.numbering.sample)
                                .collect(Collectors.joining(", ")));
    }

    @Override
    public int compareTo(final Role other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        final boolean isNamedAlone =
                kind.numbering == Numbering.NONE
                        || kind.numbering == Numbering.BY_GROUP && index == 0;
        return isNamedAlone ? kind.label : kind.label + "-" + index;
    }
}
