package io.stoat.replication;

import io.stoat.store.Status;

/**
 * Result codes of replication, besides those of {@link Status}, which they never overlap. Part of
 * the wire protocol: a number, once given, is never reused.
 */
public final class ReplicationStatus {
    /**
     * The client gave up before the cluster answered: the command may have been applied, may be
     * applied yet, or never.
     */
    public static final int OUTCOME_UNKNOWN = -101;

    /** The cluster no longer remembers the client, so it can't tell what was applied. */
    public static final int CLIENT_UNKNOWN = -102;

    /** The cluster remembers as many clients as it may, all of them active. */
    public static final int CLIENTS_FULL = -103;

    /** A message of the client is missing before this one. */
    public static final int SEQUENCE_GAP = -104;

    /** As many messages as allowed are in flight: poll, then try again. */
    public static final int WINDOW_FULL = -105;

    /** The member's content is older than the bound, or the member cannot prove that it isn't. */
    public static final int TOO_OLD = -106;

    /** The member has not applied the position within the time. */
    public static final int NOT_CAUGHT_UP = -107;

    /**
     * The member's shards do not hold its state yet, because it starts or is rebuilt, or the reader
     * cannot attach to them: try again.
     */
    public static final int NOT_LOADED = -108;

    /** The message holds more than 2,048 commands; none of them was applied: send fewer at once. */
    public static final int TOO_MANY_COMMANDS = -109;

    private ReplicationStatus() {}

    /**
     * The constant's name, for messages to people.
     *
     * @param code of this class or of {@link Status}.
     * @return the name.
     */
    public static String nameOf(final int code) {
        return switch (code) {
            case OUTCOME_UNKNOWN -> "OUTCOME_UNKNOWN";
            case CLIENT_UNKNOWN -> "CLIENT_UNKNOWN";
            case CLIENTS_FULL -> "CLIENTS_FULL";
            case SEQUENCE_GAP -> "SEQUENCE_GAP";
            case WINDOW_FULL -> "WINDOW_FULL";
            case TOO_OLD -> "TOO_OLD";
            case NOT_CAUGHT_UP -> "NOT_CAUGHT_UP";
            case NOT_LOADED -> "NOT_LOADED";
            case TOO_MANY_COMMANDS -> "TOO_MANY_COMMANDS";
            default -> Status.nameOf(code);
        };
    }
}
