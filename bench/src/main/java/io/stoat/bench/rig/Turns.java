package io.stoat.bench.rig;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Lets the processes of one side run while those of the others are stopped (SIGSTOP, SIGCONT), in
 * short turns, so that all sides meet the same host: what disturbs it for seconds falls on each of
 * them. A process that leaves runs on. A shell sends the signals; when this process dies, it lets
 * all processes run. Any thread.
 */
public final class Turns implements AutoCloseable {
    private static final long END_TIMEOUT_S = 5;
    private static final String SCRIPT =
            "stopped=; while read -r signal pids; do kill $signal $pids 2>/dev/null;"
                    + " if [ $signal = -STOP ]; then stopped=$pids; fi; done;"
                    + " if [ -n \"$stopped\" ]; then kill -CONT $stopped 2>/dev/null; fi";

    private final List<List<Long>> sides = new ArrayList<>();
    private final Process shell;
    private final Writer signals;
    private final Thread thread;
    private int active;
    private boolean closed;

    /**
     * @param count of sides.
     * @param turnMs length of a turn, ms.
     */
    public Turns(final int count, final long turnMs) {
        for (int side = 0; side < count; side++) {
            sides.add(new ArrayList<>());
        }
        try {
            shell =
                    new ProcessBuilder("sh", "-c", SCRIPT)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
        } catch (final IOException ex) {
            throw new UncheckedIOException("cannot start sh", ex);
        }
        signals = new OutputStreamWriter(shell.getOutputStream(), StandardCharsets.US_ASCII);
        thread = new Thread(() -> takeTurns(turnMs), "turns");
        thread.setDaemon(true);
        thread.start();
    }

    private void takeTurns(final long turnMs) {
        try {
            while (next()) {
                TimeUnit.MILLISECONDS.sleep(turnMs);
            }
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean next() {
        if (closed) {
            return false;
        }
        active = (active + 1) % sides.size();
        final List<Long> passive = new ArrayList<>();
        for (int side = 0; side < sides.size(); side++) {
            if (side != active) {
                passive.addAll(sides.get(side));
            }
        }
        signal("-STOP", passive);
        signal("-CONT", sides.get(active));
        return true;
    }

    private void signal(final String name, final List<Long> pids) {
        if (!pids.isEmpty()) {
            try {
                signals.write(
                        name
                                + pids.stream()
                                        .map(pid -> " " + pid)
                                        .collect(Collectors.joining("", "", "\n")));
                signals.flush();
            } catch (final IOException ex) {
                throw new UncheckedIOException("the shell that sends signals is gone", ex);
            }
        }
    }

    /**
     * @param side of the process.
     * @param pid of it: from now on it runs in turns.
     */
    synchronized void join(final int side, final long pid) {
        sides.get(side).add(pid);
    }

    /**
     * @param side of the process.
     * @param pid of it: from now on it always runs.
     */
    synchronized void leave(final int side, final long pid) {
        if (sides.get(side).remove(pid)) {
            signal("-CONT", List.of(pid));
        }
    }

    /** Ends the turns; every process runs. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            sides.forEach(side -> signal("-CONT", side));
        }
        try {
            signals.close();
            if (!shell.waitFor(END_TIMEOUT_S, TimeUnit.SECONDS)) {
                shell.destroyForcibly();
            }
            thread.join();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
