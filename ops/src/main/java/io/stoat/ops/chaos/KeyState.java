package io.stoat.ops.chaos;

/**
 * The model of one key: a value and its version, or nothing. A write with an unknown outcome gives
 * a version that nobody was told: {@link #UNTOLD}, until a later operation tells it.
 *
 * @param value of the entry.
 * @param version of the entry, 0 for no entry.
 */
record KeyState(long value, long version) {
    static final KeyState ABSENT = new KeyState(0, 0);
    static final long UNTOLD = -1;

    private boolean isPresent() {
        return version != 0;
    }

    private boolean mayHave(final long told) {
        return isPresent() && (version == UNTOLD || version == told);
    }

    /** The state after an operation, or null when the operation could not have been here. */
    KeyState after(final Operation operation) {
        return operation.isUnknown() ? afterUnknown(operation) : afterKnown(operation);
    }

    /** What it does if it happens here; that it never happens is the checker's affair. */
    private KeyState afterUnknown(final Operation operation) {
        return switch (operation.kind()) {
            case GET -> this;
            case PUT -> new KeyState(operation.argument(), UNTOLD);
            case PUT_IF_VERSION ->
                    mayHave(operation.expectedVersion())
                            ? new KeyState(operation.argument(), UNTOLD)
                            : null;
            case ADD -> new KeyState((isPresent() ? value : 0) + operation.argument(), UNTOLD);
            case REMOVE -> ABSENT;
        };
    }

    private KeyState afterKnown(final Operation operation) {
        if (operation.outcome() == Operation.Outcome.NOT_FOUND) {
            return isPresent() ? null : this;
        }
        final long told = operation.version();
        if (operation.outcome() == Operation.Outcome.VERSION_MISMATCH) {
            return mayHave(told) && told != operation.expectedVersion()
                    ? new KeyState(value, told)
                    : null;
        }
        return switch (operation.kind()) {
            case GET ->
                    mayHave(told) && value == operation.value() ? new KeyState(value, told) : null;
            case PUT -> written(operation.argument(), told);
            case PUT_IF_VERSION ->
                    mayHave(operation.expectedVersion())
                            ? written(operation.argument(), told)
                            : null;
            case ADD ->
                    operation.value() == (isPresent() ? value : 0) + operation.argument()
                            ? written(operation.value(), told)
                            : null;
            case REMOVE -> mayHave(told) ? ABSENT : null;
        };
    }

    /** Versions of a key only grow. */
    private KeyState written(final long newValue, final long told) {
        return told > version ? new KeyState(newValue, told) : null;
    }
}
