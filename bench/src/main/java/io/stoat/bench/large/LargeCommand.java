package io.stoat.bench.large;

import io.stoat.bench.BenchFailure;
import io.stoat.bench.StoreOptions;
import io.stoat.bench.contender.Record;
import io.stoat.bench.contender.ScratchDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
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

    private long entries;
    private double seconds;
    private PrintWriter out;
    private boolean met = true;

    /** Made by picocli. */
    public LargeCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        out = spec.commandLine().getOut();
        entries = options.entries(spec, DEFAULT_ENTRIES);
        seconds = options.seconds(spec, DEFAULT_SECONDS);
        try (ScratchDirectory scratch = ScratchDirectory.create()) {
            requireRoom(scratch.path());
            print(
                    "%,d entries of %d + %d bytes%n",
                    entries, Record.KEY_LENGTH, Record.VALUE_LENGTH);
            final double copyNs = measureStoat(scratch.path());
            for (final String peer : peers) {
                measurePeer(scratch.path(), peer, copyNs);
            }
        }
        return met ? 0 : 1;
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
            print("stoat: loaded in %.1f s, %.0f ns an entry%n", loaded, loaded * 1e9 / entries);
            printMemory(dir);
            copyNs = read(dir, "stoat-copy");
            final double viewNs = read(dir, "stoat-view");
            print("  read by another process: copy %.0f ns, in place %.0f ns%n", copyNs, viewNs);
            owner.send("close");
            print("  closed in %.2f s%n", owner.awaitSeconds("closed"));
        }
        try (LargeProcess owner = owner(dir)) {
            final String[] opened = owner.await("opened").split(" ", 4);
            final double wall = seconds(opened[0]);
            print(
                    "  opened again in %.2f s (%.2f s of CPU)%s%n",
                    wall, seconds(opened[1]), bound(wall, MOST_OPEN_SECONDS));
            owner.send("overwrite");
            owner.await("overwriting");
            TimeUnit.MILLISECONDS.sleep(OVERWRITE_MS);
            owner.kill();
        }
        try (LargeProcess owner = owner(dir)) {
            final String[] opened = owner.await("opened").split(" ", 4);
            print(
                    "  opened after SIGKILL in %.2f s (%.2f s of CPU): %s%n",
                    seconds(opened[0]), seconds(opened[1]), opened[3]);
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

    private void printMemory(final Path dir) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.list(dir)) {
            for (final Path file : (Iterable<Path>) files::iterator) {
                bytes += Files.size(file);
            }
        }
        final int payload = Record.KEY_LENGTH + Record.VALUE_LENGTH + OVERHEAD_ALLOWED;
        final double ratio = (double) bytes / entries / payload;
        print(
                "  %.1f bytes an entry on disk: %.3f x (key + value + %d)%s%n",
                (double) bytes / entries, ratio, OVERHEAD_ALLOWED, bound(ratio, MOST_BYTES_RATIO));
    }

    private String bound(final double figure, final double most) {
        met &= figure <= most;
        return String.format(
                Locale.ROOT, ", bound %.2f %s", most, figure <= most ? "met" : "MISSED");
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

    private void measurePeer(final Path scratch, final String peer, final double copyNs)
            throws IOException {
        final Path place = Files.createDirectory(scratch.resolve(peer));
        try (LargeProcess process = reads(place, peer, place)) {
            final double loaded = process.awaitSeconds("loaded");
            final double readNs = Long.parseLong(process.await("read").split(" ")[0]) / 1e3;
            print(
                    "%s: loaded in %.1f s, %.0f ns an entry; read %.0f ns, %.2f x Stoat's copy%n",
                    peer, loaded, loaded * 1e9 / entries, readNs, readNs / copyNs);
        }
        delete(place);
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

    private void print(final String format, final Object... arguments) {
        out.printf(Locale.ROOT, format, arguments);
        out.flush();
    }
}
