package io.stoat.ops.demo;

import io.stoat.ops.CommandFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * A child process of the demo, and what it has reported so far. Figures may be read by any thread.
 */
final class RoleProcess implements AutoCloseable {
    private final String name;
    private final Process process;
    private final Thread pump;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final Map<String, Histogram> histograms = new ConcurrentHashMap<>();
    private final StringBuffer output = new StringBuffer();
    private final Map<String, TallyFigures> figures = new ConcurrentHashMap<>();
    private volatile boolean hasBeenReady;
    private volatile String error;

    private RoleProcess(final String name, final Process process, final String readyWords) {
        this.name = name;
        this.process = process;
        pump = new Thread(() -> pump(readyWords), "demo-" + name);
        pump.setDaemon(true);
        pump.start();
    }

    /** Starts a {@code stoat} command in a JVM of its own, with this JVM's class path and flags. */
    static RoleProcess start(final String name, final String readyWords, final List<String> words) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        final String options = System.getProperty("stoat.jvm.options");
        if (options != null) {
            command.add("@" + options);
            command.add("-Dstoat.jvm.options=" + options);
        }
        command.addAll(
                List.of("-Xms64m", "-Xmx256m", "-cp", System.getProperty("java.class.path")));
        command.add("io.stoat.ops.StoatMain");
        command.addAll(words);
        try {
            return new RoleProcess(
                    name,
                    new ProcessBuilder(command).redirectErrorStream(true).start(),
                    readyWords);
        } catch (final IOException ex) {
            throw CommandFailure.failed("cannot start the demo's " + name + ": " + ex.getMessage());
        }
    }

    private void pump(final String readyWords) {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line; (line = lines.readLine()) != null; ) {
                take(line, readyWords);
            }
        } catch (final IOException ignore) {
            // the process is gone; its exit code tells
        }
        ready.countDown();
    }

    private void take(final String line, final String readyWords) {
        final String[] words = line.split(" ");
        if (line.startsWith(readyWords)) {
            hasBeenReady = true;
            ready.countDown();
        } else if (words[0].equals(RoleReport.STAT)) {
            takeFigures(TallyFigures.parse(line.substring(RoleReport.STAT.length() + 1)));
        } else if (words[0].equals(RoleReport.HISTOGRAM) && words.length == 3) {
            histograms.put(words[1], RoleReport.decode(words[2]));
        } else if (words[0].equals(RoleReport.ERROR)) {
            error = line.substring(RoleReport.ERROR.length() + 1);
        } else if (output.length() < 10_000) {
            output.append(line).append('\n');
        }
    }

    private void takeFigures(final TallyFigures taken) {
        if (taken != null) {
            figures.put(taken.name(), taken);
        }
    }

    /** Whether it once said that it was ready. */
    boolean hasBeenReady() {
        return hasBeenReady;
    }

    void awaitReady() {
        try {
            final boolean came = ready.await(120, TimeUnit.SECONDS);
            if (!came || !process.isAlive()) {
                throw CommandFailure.failed("the demo's " + name + " did not start: " + problem());
            }
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw CommandFailure.failed("interrupted");
        }
    }

    void go() {
        try {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
        } catch (final IOException ex) {
            throw CommandFailure.failed("the demo's " + name + " died: " + problem());
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Whether it has ended, and not well. */
    boolean hasDied() {
        return !process.isAlive() && process.exitValue() != 0;
    }

    /** Waits for the process to end by itself; null when it ended well, else what went wrong. */
    String awaitEnd(final long timeoutMs) {
        try {
            if (!process.waitFor(timeoutMs, TimeUnit.MILLISECONDS)) {
                return name + " did not end";
            }
            pump.join(5_000);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            return name + " was not awaited: interrupted";
        }
        return process.exitValue() == 0 ? null : name + " died: " + problem();
    }

    private String problem() {
        final String exit =
                process.isAlive() ? "still starting" : "exit code " + process.exitValue();
        return exit
                + (error != null
                        ? ", " + error
                        : output.length() > 0 ? ", " + output.toString().strip() : "");
    }

    /** SIGTERM. */
    void terminate() {
        process.toHandle().destroy();
    }

    /** What it told last of one way; nothing yet when it did not. */
    TallyFigures figures(final String way) {
        return figures.getOrDefault(way, new TallyFigures(way, 0, 1, 0, 0, 0, Map.of()));
    }

    long pid() {
        return process.pid();
    }

    Histogram histogram(final String histogramName) {
        return histograms.get(histogramName);
    }

    String name() {
        return name;
    }

    /** Ends the process at once if it still runs. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
