package io.stoat.ops;

/** Exit codes of the {@code stoat} command. */
final class ExitCode {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int NOT_FOUND = 3;

    private ExitCode() {}
}
