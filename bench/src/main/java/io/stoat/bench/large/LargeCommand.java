package io.stoat.bench.large;

import io.stoat.bench.BenchFailure;
import io.stoat.bench.ComparisonOptions;
import io.stoat.bench.StoreOptions;
import io.stoat.bench.contender.Record;
import io.stoat.bench.contender.ScratchDirectory;
import io.stoat.bench.report.Comparison;
import io.stoat.bench.result.Bound;
import io.stoat.bench.result.Figure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code stoat bench large}: one store of many entries. Owner, readers and peers are processes of
 * their own; one store at a time is in memory.
 */
@Command(
        name = "large",
        mixinStandardHelpOptions = true,
        description = {
            "A store of many entries (16-byte keys, 128-byte values): time to load it, memory of an entry,",
            "reads against Chronicle Map and LMDB with as many entries, and the time to open it again after",
            "a clean end and after SIGKILL of its owner. Takes about 5 minutes and 4 GB with 10 M entries.",
            "Default: 10 M entries, 4 s of reads each. Exit code 1 when a bound is missed."
        })
public final class LargeCommand implements Callable<Integer> {
    private static final String STOAT = "stoat";
    private static final String NS = "ns";
    private static final String S = "s";
    private static final long DEFAULT_ENTRIES = 10_000_000;
    private static final double DEFAULT_SECONDS = 4;
    private static final double MOST_BYTES_RATIO = 1.25;
    private static final int OVERHEAD_ALLOWED = 24;
    private static final double MOST_OPEN_SECONDS = 2;
    private static final long BYTES_PER_ENTRY = 400;
    private static final long SPARE_BYTES = 256L << 20;
    private static final long OVERWRITE_MS = 1_000;

    @Option(
            names = "--peers",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "chronicle-bytes,lmdb",
            description = "Peers to load and read (default: ${DEFAULT-VALUE}).")
    private List<String> peers;

    @Option(
            names = "--limit",
            paramLabel = "S",
            defaultValue = "600",
            description =
                    "Seconds that a process may take for one step, a load say, before it is killed and the"
                            + " run has failed (default: ${DEFAULT-VALUE}).")
    private long limitSeconds;

    @Spec private CommandSpec spec;
    @Mixin private StoreOptions options;
    @Mixin private ComparisonOptions output;

    private long entries;
    private double seconds;
    private Comparison comparison;

    /** Made by picocli. */
    public LargeCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        entries = options.entries(spec, DEFAULT_ENTRIES);
        seconds = options.seconds(spec, DEFAULT_SECONDS);
        try (ScratchDirectory scratch = ScratchDirectory.create()) {
            requireRoom(scratch.path());
            comparison = output.begin(spec, "not pinned");
            comparison.section(
                    String.format(
                            Locale.ROOT,
                            "%,d entries of %d + %d bytes",
                            entries,
                            Record.KEY_LENGTH,
                            Record.VALUE_LENGTH));
            final double copyNs = measureStoat(scratch.path());
            final Map<String, Double> readNs = new LinkedHashMap<>();
            for (final String peer : peers) {
                readNs.put(peer, measurePeer(scratch.path(), peer));
            }
            readNs.forEach((peer, ns) -> compareReads(peer, ns, copyNs));
        }
        return output.end(comparison);
    }

    private void requireRoom(final Path place) throws IOException {
        final long need = entries * BYTES_PER_ENTRY + SPARE_BYTES;
        final long room = Math.min(Files.getFileStore(place).getUsableSpace(), freeMemory());
        if (need > room) {
            throw new BenchFailure(
                    String.format(
                            Locale.ROOT,
                            "%,d entries need about %,d MiB in %s and %,d are free: lower --entries",
                            entries,
                            need >> 20,
                            place.getParent(),
                            room >> 20));
        }
    }

    private static long freeMemory() throws IOException {
        final Path info = Path.of("/proc/meminfo");
        if (!Files.isReadable(info)) {
            return Long.MAX_VALUE;
        }
        for (final String line : Files.readAllLines(info)) {
            if (line.startsWith("MemAvailable:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        return Long.MAX_VALUE;
    }

    /** Returns ns of a validated copy. */
    private double measureStoat(final Path scratch) throws IOException, InterruptedException {
        final Path dir = scratch.resolve("stoat");
        final double copyNs;
        try (LargeProcess owner = owner(dir)) {
            owner.await("opened");
            owner.send("load");
            final double loaded = owner.awaitSeconds("loaded");
            addLoad(STOAT, loaded);
            addMemory(dir);
            copyNs = read(dir, "stoat-copy");
            final double viewNs = read(dir, "stoat-view");
            comparison.figures(
                    STOAT,
                    Figure.of("read by another process, validated copy", NS, copyNs),
                    Figure.of("in place", NS, viewNs));
            owner.send("close");
            comparison.figures(STOAT, Figure.of("closed in", S, owner.awaitSeconds("closed")));
        }
        try (LargeProcess owner = owner(dir)) {
            final String[] opened = owner.await("opened").split(" ", 4);
            comparison.figures(
                    STOAT,
                    Figure.of("opened again in", S, seconds(opened[0]))
                            .within(Bound.atMost(MOST_OPEN_SECONDS)),
                    Figure.of("its CPU time", S, seconds(opened[1])));
            owner.send("overwrite");
            owner.await("overwriting");
            TimeUnit.MILLISECONDS.sleep(OVERWRITE_MS);
            owner.kill();
        }
        try (LargeProcess owner = owner(dir)) {
            final String[] opened = owner.await("opened").split(" ", 4);
            comparison.figures(
                    STOAT,
                    Figure.of("opened after SIGKILL in", S, seconds(opened[0])),
                    Figure.of("CPU time of that", S, seconds(opened[1])));
            comparison.note("after SIGKILL: " + opened[3]);
            if (Long.parseLong(opened[2]) != entries) {
                throw new BenchFailure("entries are missing after SIGKILL: " + opened[2]);
            }
            owner.send("close");
            owner.await("closed");
        }
        delete(dir);
        return copyNs;
    }

    private static double seconds(final String ns) {
        return Long.parseLong(ns) / 1e9;
    }

    private void addLoad(final String contender, final double loadedSeconds) {
        comparison.figures(
                contender,
                Figure.of("loaded in", S, loadedSeconds),
                Figure.of("an entry", NS, loadedSeconds * 1e9 / entries));
    }

    private void addMemory(final Path dir) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.list(dir)) {
            for (final Path file : (Iterable<Path>) files::iterator) {
                bytes += Files.size(file);
            }
        }
        final int payload = Record.KEY_LENGTH + Record.VALUE_LENGTH + OVERHEAD_ALLOWED;
        comparison.figures(
                STOAT,
                Figure.of("an entry on disk", "bytes", (double) bytes / entries),
                Figure.of(
                                "by key + value + " + OVERHEAD_ALLOWED,
                                "",
                                (double) bytes / entries / payload)
                        .within(Bound.atMost(MOST_BYTES_RATIO)));
    }

    private LargeProcess owner(final Path dir) {
        return LargeProcess.start(
                LargeOwner.class, dir.getParent(), limitSeconds * 1_000, dir, entries);
    }

    private double read(final Path dir, final String contender) {
        try (LargeProcess process = reads(dir.getParent(), contender, dir)) {
            return Long.parseLong(process.await("read").split(" ")[0]) / 1e3;
        }
    }

    private LargeProcess reads(final Path scratch, final String contender, final Path dir) {
        return LargeProcess.start(
                LargeReads.class,
                scratch,
                limitSeconds * 1_000,
                contender,
                entries,
                (long) (seconds * 1_000),
                dir);
    }

    /** Returns ns of a read. */
    private double measurePeer(final Path scratch, final String peer) throws IOException {
        final Path place = Files.createDirectory(scratch.resolve(peer));
        final double readNs;
        try (LargeProcess process = reads(place, peer, place)) {
            addLoad(peer, process.awaitSeconds("loaded"));
            readNs = Long.parseLong(process.await("read").split(" ")[0]) / 1e3;
            comparison.figures(peer, Figure.of("read in its own process", NS, readNs));
        }
        delete(place);
        return readNs;
    }

    private void compareReads(final String peer, final double peerNs, final double copyNs) {
        comparison.section("reads beside " + peer, peer, STOAT);
        comparison.compare(
                "read, Stoat's a validated copy", NS, List.of(peerNs), List.of(copyNs), Bound.NONE);
    }

    /** Makes room for the next store. */
    private static void delete(final Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (final Path file :
                    (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(file);
            }
        }
    }
}
