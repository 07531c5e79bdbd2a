package io.stoat.ops;

import io.stoat.affinity.ThreadFigure;
import io.stoat.affinity.ThreadFigures;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A node's threads and their duty cycles, as {@code stoat stat --threads} shows them. */
final class ThreadTable {
    private static final double NS_PER_US = 1_000;

    private final ThreadFigures.Snapshot snapshot;

    private ThreadTable(final ThreadFigures.Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /**
     * @throws CommandFailure when no node runs there.
     */
    static ThreadTable read(final Path dataDir) {
        try {
            return new ThreadTable(ThreadFigures.read(dataDir.resolve(PlanInForce.FIGURES_FILE)));
        } catch (final NoSuchFileException ex) {
            throw CommandFailure.failed(
                    "--data-dir "
                            + dataDir
                            + " has no threads to show: no node serves it; start one with stoat node"
                            + " --data-dir "
                            + dataDir);
        } catch (final IOException ex) {
            throw CommandFailure.failed("cannot read the threads: " + ex.getMessage());
        }
    }

    void print(final PrintWriter out) {
        out.println(
                "node            pid "
                        + snapshot.pid()
                        + (snapshot.isAlive() ? "" : ", GONE; figures as it left them"));
        int width = "thread".length();
        for (final ThreadFigure thread : snapshot.threads()) {
            width = Math.max(width, name(thread).length());
        }
        out.printf(
                "%n%-" + width + "s %8s %8s %7s %12s %14s %12s %10s%n",
                "thread",
                "cpu",
                "idle",
                "busy %",
                "max us",
                "recent max us",
                "slow cycles",
                "slow > us");
        for (final ThreadFigure thread : snapshot.threads()) {
            out.printf(
                    Locale.ROOT,
                    "%-" + width + "s %8s %8s %7.1f %12.1f %14.1f %12d %10.0f%n",
                    name(thread),
                    cpu(thread),
                    thread.idle(),
                    thread.busyPercent(),
                    thread.maxCycleNs() / NS_PER_US,
                    thread.recentMaxCycleNs() / NS_PER_US,
                    thread.overThreshold(),
                    thread.thresholdNs() / NS_PER_US);
        }
        if (snapshot.threads().stream().anyMatch(ThreadFigure::refused)) {
            out.printf(
                    "%nrefused: the host did not let the thread be pinned; see what the node printed%n");
        }
    }

    private static String name(final ThreadFigure thread) {
        return String.join("+", thread.roles());
    }

    private static String cpu(final ThreadFigure thread) {
        return thread.cpu() < 0 ? "-" : thread.refused() ? "refused" : String.valueOf(thread.cpu());
    }

    Map<String, Object> asMap() {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("pid", snapshot.pid());
        map.put("alive", snapshot.isAlive());
        final List<Map<String, Object>> threads = new ArrayList<>();
        for (final ThreadFigure thread : snapshot.threads()) {
            final Map<String, Object> row = new LinkedHashMap<>();
            row.put("thread", name(thread));
            row.put("roles", thread.roles());
            row.put("cpu", thread.cpu());
            row.put("pinned", thread.cpu() >= 0 && !thread.refused());
            row.put("idle", thread.idle().toString());
            row.put("busyPercent", thread.busyPercent());
            row.put("maxCycleNs", thread.maxCycleNs());
            row.put("recentMaxCycleNs", thread.recentMaxCycleNs());
            row.put("slowCycles", thread.overThreshold());
            row.put("slowCycleNs", thread.thresholdNs());
            row.put("elapsedNs", thread.elapsedNs());
            threads.add(row);
        }
        map.put("threads", threads);
        return map;
    }
}
