package io.stoat.bench.rig;

import io.stoat.bench.BenchFailure;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A child process that is told lines and answers with lines. No wait for it is without a limit; who
 * does not answer in time is named by the error, with what it said last. It ends with this process.
 * Used by one thread.
 */
public final class TalkingProcess implements AutoCloseable {
    private static final long END_TIMEOUT_MS = TimeUnit.SECONDS.toMillis(20);
    private static final long LOOK_MS = 50;

    private final String name;
    private final long answerTimeoutNs;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final ChildProcess process;

    /**
     * Starts it.
     *
     * @param name for messages.
     * @param command line to start.
     * @param answerTimeoutNs how long it may take for an answer, ns.
     */
    public TalkingProcess(
            final String name, final List<String> command, final long answerTimeoutNs) {
        this.name = name;
        this.answerTimeoutNs = answerTimeoutNs;
        process = new ChildProcess(command, END_TIMEOUT_MS, lines::add);
    }

    /**
     * Tells it a line.
     *
     * @param line without its end.
     * @throws BenchFailure when it has ended.
     */
    public void tell(final String line) {
        try {
            process.tell(line);
        } catch (final IOException ex) {
            throw failure("has ended", ex);
        }
    }

    /**
     * Tells it a line and waits for the answer.
     *
     * @param line without its end.
     * @param word first of the answer.
     * @return the rest of the answer.
     * @throws BenchFailure as {@link #tell} and {@link #await(String)}.
     */
    public String ask(final String line, final String word) {
        tell(line);
        return await(word);
    }

    /**
     * Waits for a line that begins with a word.
     *
     * @param word first of the line; lines before it are passed over.
     * @return the rest of the line.
     * @throws BenchFailure when it does not come in the time for an answer, or the process ends.
     */
    public String await(final String word) {
        return await(word, answerTimeoutNs);
    }

    /**
     * As {@link #await(String)}, for an answer that takes longer.
     *
     * @param word first of the line; lines before it are passed over.
     * @param timeoutNs how long it may take, ns.
     * @return the rest of the line.
     * @throws BenchFailure when it does not come in time, or the process ends.
     */
    public String await(final String word, final long timeoutNs) {
        final long deadlineNs = System.nanoTime() + timeoutNs;
        try {
            while (true) {
                // looked at before the queue, so that the last line is not missed
                final boolean isLast = process.hasSaidAll();
                final boolean isLate = System.nanoTime() - deadlineNs >= 0;
                final String line =
                        lines.poll(isLast || isLate ? 0 : LOOK_MS, TimeUnit.MILLISECONDS);
                if (line != null) {
                    if (line.equals(word) || line.startsWith(word + ' ')) {
                        return line.substring(word.length()).strip();
                    }
                } else if (isLast) {
                    throw failure(
                            "ended with " + process.exitValue() + " and did not say '" + word + "'",
                            null);
                } else if (isLate) {
                    throw failure(
                            "did not say '"
                                    + word
                                    + "' in "
                                    + TimeUnit.NANOSECONDS.toMillis(timeoutNs)
                                    + " ms",
                            null);
                }
            }
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw failure("was waited for, and the wait was interrupted", ex);
        }
    }

    private BenchFailure failure(final String what, final Throwable cause) {
        final String output = process.output();
        return new BenchFailure(
                name
                        + ' '
                        + what
                        + (output.isEmpty() ? "; it said nothing" : "; it said:\n" + output),
                cause);
    }

    /**
     * @return its process id.
     */
    public long pid() {
        return process.pid();
    }

    /**
     * @return whether it runs.
     */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * @return processor time that it has used, ns; 0 when the system does not tell.
     */
    public long cpuNs() {
        return process.cpuNs();
    }

    /**
     * Waits for its end, after the end of its input.
     *
     * @throws BenchFailure when it does not end in time, or not with 0.
     */
    public void end() {
        process.endInput();
        try {
            if (!process.awaitEnd(END_TIMEOUT_MS)) {
                throw failure("did not end in " + END_TIMEOUT_MS + " ms", null);
            }
            if (process.exitValue() != 0) {
                process.finalOutput();
                throw failure("ended with " + process.exitValue(), null);
            }
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        } finally {
            kill();
        }
    }

    /** Ends it by SIGKILL; idempotent. */
    public void kill() {
        process.kill();
    }

    /** Ends it: by the end of its input, then SIGTERM, then SIGKILL; idempotent. */
    @Override
    public void close() {
        process.close();
    }
}
