package io.stoat.affinity;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The threads of a process, and the figures of their duty cycles as they change, in a mapped file
 * that other processes read. All numbers are little-endian, and each thread's figures have cache
 * lines of their own.
 *
 * <pre>
 *   header, 128 bytes
 *     0  magic (8)          "STOATTHR"
 *     8  layout version (4), written last
 *    12  threads (4)
 *    16  pid (8)
 *    24  start of the process, ms since the epoch (8)
 *   a record of 2048 bytes for each thread
 *     0  time of all cycles, ns (8)
 *     8  time of cycles with work, ns (8)
 *    16  longest cycle, ns (8)
 *    24  cycles over the threshold (8)
 *    32  longest cycle of this half minute, ns (8)
 *    40  longest cycle of the half minute before, ns (8)
 *   128  threshold, ns (8)
 *   136  CPU, -1 when not pinned (4)
 *   140  pinning was refused (4): 0 or 1
 *   144  idle strategy (4): ordinal of {@link IdleKind}
 *   148  length of the name (4)
 *   152  name, UTF-8
 * </pre>
 */
public final class ThreadFigures implements AutoCloseable {
    private static final long MAGIC = 0x5248_5454_414f_5453L;
    private static final int LAYOUT_VERSION = 1;
    private static final int VERSION_OFFSET = 8;
    private static final int COUNT_OFFSET = 12;
    private static final int PID_OFFSET = 16;
    private static final int START_OFFSET = 24;
    private static final int HEADER_LENGTH = 128;
    private static final int RECORD_LENGTH = 2048;
    private static final int THRESHOLD_OFFSET = 128;
    private static final int CPU_OFFSET = 136;
    private static final int REFUSED_OFFSET = 140;
    private static final int IDLE_OFFSET = 144;
    private static final int NAME_LENGTH_OFFSET = 148;
    private static final int NAME_OFFSET = 152;
    private static final int MAX_NAME_LENGTH = RECORD_LENGTH - NAME_OFFSET;
    private static final int MAX_THREADS = 1024;

    private final Path file;
    private final List<PlannedThread> threads;
    private final List<DutyCycleTracker> trackers = new ArrayList<>();

    /** Holds the mapping: it ends when nobody can use it any more. */
    private final UnsafeBuffer buffer;

    private ThreadFigures(
            final Path file, final List<PlannedThread> threads, final UnsafeBuffer buffer) {
        this.file = file;
        this.threads = threads;
        this.buffer = buffer;
    }

    /**
     * What a reader sees of a process.
     *
     * @param pid of the process.
     * @param startMs when it started, ms since the epoch.
     * @param threads its threads.
     */
    public record Snapshot(long pid, long startMs, List<ThreadFigure> threads) {
        /**
         * @return whether the process still runs.
         */
        public boolean isAlive() {
            return ProcessHandle.of(pid)
                    .filter(ProcessHandle::isAlive)
                    .flatMap(process -> process.info().startInstant())
                    .map(start -> Math.abs(start.toEpochMilli() - startMs) < 2_000)
                    .orElse(false);
        }
    }

    /**
     * Makes the file anew; a reader of a former one keeps what it had.
     *
     * @param file to make, readable for its owner and group.
     * @param plan whose threads it shows.
     * @param clock to measure with.
     * @param thresholdNs a longer duty cycle is counted; a thread that backs off is allowed its
     *     sleep on top.
     * @return the figures, all 0.
     * @throws IOException when the file cannot be made.
     */
    public static ThreadFigures create(
            final Path file, final ThreadPlan plan, final NanoClock clock, final long thresholdNs)
            throws IOException {
        final Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        final List<PlannedThread> threads = plan.threads();
        final UnsafeBuffer buffer;
        Files.deleteIfExists(unfinished);
        try (FileChannel channel =
                FileChannel.open(
                        unfinished,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE_NEW)) {
            final int length = HEADER_LENGTH + RECORD_LENGTH * threads.size();
            // really written: a hole in a full file system would end the process with SIGBUS
            channel.write(java.nio.ByteBuffer.allocate(length), 0);
            buffer = new UnsafeBuffer(channel.map(FileChannel.MapMode.READ_WRITE, 0, length));
        }
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-r-----"));
        }
        final ThreadFigures figures = new ThreadFigures(file, threads, buffer);
        for (int i = 0; i < threads.size(); i++) {
            figures.trackers.add(
                    figures.describe(
                            threads.get(i), HEADER_LENGTH + RECORD_LENGTH * i, clock, thresholdNs));
        }
        figures.header();
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        return figures;
    }

    private DutyCycleTracker describe(
            final PlannedThread thread,
            final int offset,
            final NanoClock clock,
            final long thresholdNs) {
        final long threshold =
                thresholdNs
                        + (thread.idle() == IdleKind.BACKOFF ? 2 * IdleStrategies.MAX_PARK_NS : 0);
        final byte[] name = thread.name().getBytes(StandardCharsets.UTF_8);
        final int nameLength = Math.min(name.length, MAX_NAME_LENGTH);
        putLong(offset + THRESHOLD_OFFSET, threshold);
        putInt(offset + CPU_OFFSET, thread.cpu());
        putInt(offset + IDLE_OFFSET, thread.idle().ordinal());
        putInt(offset + NAME_LENGTH_OFFSET, nameLength);
        buffer.putBytes(offset + NAME_OFFSET, name, 0, nameLength);
        return new DutyCycleTracker(clock, threshold, buffer, offset);
    }

    private void header() {
        putLong(0, MAGIC);
        putInt(COUNT_OFFSET, threads.size());
        putLong(PID_OFFSET, ProcessHandle.current().pid());
        putLong(
                START_OFFSET,
                ProcessHandle.current().info().startInstant().orElse(Instant.EPOCH).toEpochMilli());
        buffer.putIntRelease(VERSION_OFFSET, LAYOUT_VERSION);
    }

    private void putLong(final int offset, final long value) {
        buffer.putLong(offset, value, ByteOrder.LITTLE_ENDIAN);
    }

    private void putInt(final int offset, final int value) {
        buffer.putInt(offset, value, ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * @param thread of the plan.
     * @return its tracker, for the agent that it runs.
     */
    public DutyCycleTracker tracker(final PlannedThread thread) {
        return trackers.get(index(thread));
    }

    /**
     * Shows that a thread could not be pinned.
     *
     * @param thread of the plan. Any thread may call.
     */
    public void refused(final PlannedThread thread) {
        buffer.putIntRelease(HEADER_LENGTH + RECORD_LENGTH * index(thread) + REFUSED_OFFSET, 1);
    }

    private int index(final PlannedThread thread) {
        final int index = threads.indexOf(thread);
        if (index < 0) {
            throw new IllegalArgumentException(
                    "thread " + thread.name() + " is not one of " + threads);
        }
        return index;
    }

    /** Removes the file. Trackers that are still in use stay harmless. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(file);
        } catch (final IOException ignore) {
            // it says that its process is gone
        }
    }

    /**
     * Reads a process's file.
     *
     * @param file that it made.
     * @return its threads as of now.
     * @throws NoSuchFileException when there is none.
     * @throws IOException when it cannot be read or is of another form; the message says which.
     */
    public static Snapshot read(final Path file) throws IOException {
        final MappedByteBuffer mapped;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            final long length = channel.size();
            if (length < HEADER_LENGTH
                    || length > HEADER_LENGTH + (long) RECORD_LENGTH * MAX_THREADS) {
                throw new IOException(file + " is damaged: it has " + length + " bytes");
            }
            mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, length);
        }
        final UnsafeBuffer buffer = new UnsafeBuffer(mapped);
        final int version = buffer.getIntAcquire(VERSION_OFFSET);
        if (buffer.getLong(0, ByteOrder.LITTLE_ENDIAN) != MAGIC || version != LAYOUT_VERSION) {
            throw new IOException(
                    file
                            + " has layout version "
                            + version
                            + ", this release reads "
                            + LAYOUT_VERSION);
        }
        final int count = buffer.getInt(COUNT_OFFSET, ByteOrder.LITTLE_ENDIAN);
        if (count < 0 || HEADER_LENGTH + (long) RECORD_LENGTH * count > buffer.capacity()) {
            throw new IOException(file + " is damaged: it says that it has " + count + " threads");
        }
        final List<ThreadFigure> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            threads.add(thread(buffer, HEADER_LENGTH + RECORD_LENGTH * i));
        }
        return new Snapshot(
                buffer.getLong(PID_OFFSET, ByteOrder.LITTLE_ENDIAN),
                buffer.getLong(START_OFFSET, ByteOrder.LITTLE_ENDIAN),
                threads);
    }

    private static ThreadFigure thread(final UnsafeBuffer buffer, final int offset) {
        final long thresholdNs = buffer.getLong(offset + THRESHOLD_OFFSET, ByteOrder.LITTLE_ENDIAN);
        final int idle = buffer.getInt(offset + IDLE_OFFSET, ByteOrder.LITTLE_ENDIAN);
        final int nameLength = buffer.getInt(offset + NAME_LENGTH_OFFSET, ByteOrder.LITTLE_ENDIAN);
        final byte[] name = new byte[Math.max(0, Math.min(nameLength, MAX_NAME_LENGTH))];
        buffer.getBytes(offset + NAME_OFFSET, name);
        final DutyCycleTracker tracker = new DutyCycleTracker(() -> 0, thresholdNs, buffer, offset);
        final long over = tracker.overThreshold();
        return new ThreadFigure(
                Arrays.asList(new String(name, StandardCharsets.UTF_8).split("\\+")),
                buffer.getInt(offset + CPU_OFFSET, ByteOrder.LITTLE_ENDIAN),
                buffer.getIntAcquire(offset + REFUSED_OFFSET) != 0,
                IdleKind.values()[Math.floorMod(idle, IdleKind.values().length)],
                thresholdNs,
                over,
                tracker.maxCycleNs(),
                tracker.recentMaxCycleNs(),
                tracker.busyNs(),
                tracker.elapsedNs());
    }
}
