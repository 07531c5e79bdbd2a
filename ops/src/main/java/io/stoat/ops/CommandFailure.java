package io.stoat.ops;

/** Ends a command with a message for a person and an exit code. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private CommandFailure(final int exitCode, final String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /**
     * @param message what failed, with which value, and the mend.
     * @return the failure, exit code 1.
     */
    public static CommandFailure failed(final String message) {
        return new CommandFailure(ExitCode.FAILED, message);
    }

    /**
     * @param message what was wrong with the words of the command.
     * @return the failure, exit code 2.
     */
    public static CommandFailure usage(final String message) {
        return new CommandFailure(ExitCode.USAGE, message);
    }

    /**
     * @param message what was not found.
     * @return the failure, exit code 3.
     */
    public static CommandFailure notFound(final String message) {
        return new CommandFailure(ExitCode.NOT_FOUND, message);
    }

    int exitCode() {
        return exitCode;
    }
}
