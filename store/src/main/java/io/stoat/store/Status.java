package io.stoat.store;

/**
 * Result codes of commands and reads. {@link #OK} is zero and every other code is negative, so that
 * a read can return either the length of a value (zero or more) or one of these codes.
 *
 * <p>The codes are part of the wire protocol: a number, once given, is never reused.
 */
public final class Status {
    /** The command was applied, or the read found a live value. */
    public static final int OK = 0;

    /** No live entry has this key (absent, removed or expired). */
    public static final int NOT_FOUND = -1;

    /** putIfAbsent found a live entry; nothing was changed. */
    public static final int ALREADY_EXISTS = -2;

    /** The entry's version is not the expected one; nothing was changed. */
    public static final int VERSION_MISMATCH = -3;

    /** The shard has no room for the entry; nothing was changed and an old value is intact. */
    public static final int STORE_FULL = -4;

    /** The key is empty or longer than {@link StoreContext#MAX_KEY_LENGTH} bytes. */
    public static final int KEY_LENGTH_INVALID = -5;

    /** The value is longer than the store's configured maximum. */
    public static final int VALUE_TOO_LONG = -6;

    /** The destination is shorter than the value; nothing was copied. */
    public static final int BUFFER_TOO_SMALL = -7;

    /**
     * The owner stopped in the middle of a change of this segment, and no owner has repaired it
     * yet.
     */
    public static final int OWNER_GONE = -8;

    /** The store or reader is closed. */
    public static final int CLOSED = -9;

    /** The shard's structure is damaged where this key would be found. */
    public static final int CORRUPT = -10;

    /** The value is not a counter: it is not 8 bytes long. Nothing was changed. */
    public static final int NOT_A_COUNTER = -11;

    /** The counter would leave the range of 64 bits. Nothing was changed. */
    public static final int OVERFLOW = -12;

    /** The bytes are no command; nothing was changed. */
    public static final int MALFORMED = -13;

    /** A command of this position, or a later one, was applied before; nothing was changed. */
    public static final int ALREADY_APPLIED = -14;

    /**
     * The key's shard is not one of this writer's, or the keys of a batch lie on several shards;
     * nothing was changed.
     */
    public static final int WRONG_SHARD = -15;

    /** The batch has too many commands or too many bytes; nothing was changed. */
    public static final int BATCH_TOO_LARGE = -16;

    private Status() {}

    /**
     * The constant's name, for messages to people.
     *
     * @param code one of the codes above, or a value length.
     * @return the name; a length is {@code "OK"}, an unknown code {@code "STATUS_<n>"}.
     */
    public static String nameOf(final int code) {
        if (code >= OK) {
            return "OK";
        }
        return switch (code) {
            case NOT_FOUND -> "NOT_FOUND";
            case ALREADY_EXISTS -> "ALREADY_EXISTS";
            case VERSION_MISMATCH -> "VERSION_MISMATCH";
            case STORE_FULL -> "STORE_FULL";
            case KEY_LENGTH_INVALID -> "KEY_LENGTH_INVALID";
            case VALUE_TOO_LONG -> "VALUE_TOO_LONG";
            case BUFFER_TOO_SMALL -> "BUFFER_TOO_SMALL";
            case OWNER_GONE -> "OWNER_GONE";
            case CLOSED -> "CLOSED";
            case CORRUPT -> "CORRUPT";
            case NOT_A_COUNTER -> "NOT_A_COUNTER";
            case OVERFLOW -> "OVERFLOW";
            case MALFORMED -> "MALFORMED";
            case ALREADY_APPLIED -> "ALREADY_APPLIED";
            case WRONG_SHARD -> "WRONG_SHARD";
            case BATCH_TOO_LARGE -> "BATCH_TOO_LARGE";
            default -> "STATUS_" + code;
        };
    }
}
