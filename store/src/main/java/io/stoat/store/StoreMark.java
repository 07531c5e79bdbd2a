package io.stoat.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.MarkFile;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The file {@code store.mark} of a data directory: who owns it, whether the owner lives, and which
 * layout it has. An Agrona {@link MarkFile}; the owner also holds an {@link OwnerLock}.
 *
 * <pre>
 *    0  layout version (4)       written last: 0 means that creation was cut off
 *    4  shard count (4)
 *    8  heartbeat (8)            ms since the epoch; 0 after a clean close
 *   16  owner pid (8)
 *   24  owner start (8)          ms since the epoch
 *   32  generation (8)
 *   40  entries (8)              as configured, whole store
 *   48  maximum value length (8)
 *   56  magic (8)                "STOATMRK"
 *   64  generation of each shard (4 each), 0 for the first
 * </pre>
 */
final class StoreMark implements AutoCloseable {
    static final String FILE_NAME = "store.mark";
    static final int LAYOUT_VERSION = 1;
    static final int LENGTH = 4096;

    private static final long MAGIC = 0x4B52_4D54_414F_5453L;
    private static final int VERSION_OFFSET = 0;
    private static final int SHARD_COUNT_OFFSET = 4;
    private static final int HEARTBEAT_OFFSET = 8;
    private static final int OWNER_PID_OFFSET = 16;
    private static final int OWNER_START_OFFSET = 24;
    private static final int OWNER_START_BITS = 42;
    private static final int GENERATION_OFFSET = 32;
    private static final int ENTRIES_OFFSET = 40;
    private static final int MAX_VALUE_LENGTH_OFFSET = 48;
    private static final int MAGIC_OFFSET = 56;
    private static final int SHARD_GENERATIONS_OFFSET = 64;

    private final Path file;
    private final OwnerLock lock;
    private final MarkFile markFile;
    private final UnsafeBuffer buffer;

    private StoreMark(final Path file, final OwnerLock lock, final MappedByteBuffer mapped) {
        this.file = file;
        this.lock = lock;
        markFile = new MarkFile(mapped, VERSION_OFFSET, HEARTBEAT_OFFSET);
        buffer = new UnsafeBuffer(mapped, 0, LENGTH);
    }

    /** Takes ownership of the directory, creating the file if need be. */
    static StoreMark own(final Path dataDir) {
        final Path file = dataDir.resolve(FILE_NAME);
        OwnerLock lock = null;
        StoreMark mark = null;
        try {
            lock = OwnerLock.tryAcquire(dataDir);
            if (lock == null) {
                throw owned(file);
            }
            mark = new StoreMark(file, lock, mapForOwner(file));
            mark.requireOursOrBlank();
            mark.buffer.putLongVolatile(OWNER_PID_OFFSET, ProcessHandle.current().pid());
            return mark;
        } catch (final IOException | RuntimeException ex) {
            closeQuietly(mark == null ? lock : mark);
            throw ex instanceof StoreException known
                    ? known
                    : new StoreException("cannot open " + file + ": " + ex, ex);
        }
    }

    private static MappedByteBuffer mapForOwner(final Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            if (channel.size() > 0) {
                requireWhole(file, channel.size());
            } else {
                channel.write(ByteBuffer.allocate(LENGTH), 0);
            }
            return channel.map(MapMode.READ_WRITE, 0, LENGTH);
        }
    }

    private static void requireWhole(final Path file, final long size) {
        if (size < LENGTH) {
            throw new StoreException(
                    file
                            + " is truncated: "
                            + size
                            + " of "
                            + LENGTH
                            + " bytes; restore it from a backup or remove the data directory");
        }
    }

    private void requireOursOrBlank() {
        if (isReady()) {
            requireReady();
        } else if (buffer.getLong(MAGIC_OFFSET) != 0 && buffer.getLong(MAGIC_OFFSET) != MAGIC) {
            throw foreign();
        }
    }

    private StoreException foreign() {
        return new StoreException(
                file + " is not a Stoat mark file: give the data directory of a Stoat store");
    }

    private static StoreException owned(final Path file) {
        long pid = 0;
        try (FileChannel reading = FileChannel.open(file, StandardOpenOption.READ)) {
            final ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            if (reading.read(bytes, OWNER_PID_OFFSET) == 8) {
                pid = bytes.getLong(0);
            }
        } catch (final IOException ignore) {
            // the message does without the pid
        }
        return new StoreException(
                "data directory "
                        + file.getParent()
                        + " is owned by the live process "
                        + (pid == 0 ? "(pid not written yet)" : "pid " + pid)
                        + ": stop that process, send it commands instead, or use another directory");
    }

    /** Maps the mark read-only. */
    static StoreMark view(final Path dataDir) {
        final Path file = dataDir.resolve(FILE_NAME);
        if (!Files.isDirectory(dataDir)) {
            throw new StoreException(
                    "data directory "
                            + dataDir
                            + (Files.exists(dataDir) ? " is not a directory" : " does not exist")
                            + ": start a node or an embedded store on it first");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            requireWhole(file, channel.size());
            final StoreMark mark =
                    new StoreMark(file, null, channel.map(MapMode.READ_ONLY, 0, LENGTH));
            try {
                mark.requireReady();
            } catch (final StoreException ex) {
                mark.close();
                throw ex;
            }
            return mark;
        } catch (final NoSuchFileException ex) {
            throw new StoreException(
                    dataDir
                            + " is not a Stoat data directory (no "
                            + FILE_NAME
                            + "): give the directory that a node or an embedded store uses",
                    ex);
        } catch (final IOException ex) {
            throw new StoreException("cannot read " + file + ": " + ex, ex);
        }
    }

    /** Refuses a mark that is not ready, not ours, or of another layout. */
    void requireReady() {
        final int version = markFile.versionVolatile();
        if (version == 0) {
            throw new StoreException(
                    file
                            + " is not ready: its creation is under way or was cut off;"
                            + " try again, or start the owner to finish it");
        }
        if (buffer.getLong(MAGIC_OFFSET) != MAGIC) {
            throw foreign();
        }
        if (version != LAYOUT_VERSION) {
            throw new StoreException(
                    file
                            + " has layout version "
                            + version
                            + ", this release reads "
                            + LAYOUT_VERSION
                            + ": run 'stoat export FILE' of the release that wrote it,"
                            + " and 'stoat import FILE' of this one into a new directory");
        }
        if (shardCount() < 1 || shardCount() > 1000 || entries() < 1 || maxValueLength() < 1) {
            throw new StoreException(
                    file
                            + " is damaged: shardCount="
                            + shardCount()
                            + " entries="
                            + entries()
                            + " maxValueLength="
                            + maxValueLength()
                            + "; restore it from a backup or remove the data directory");
        }
    }

    boolean isReady() {
        return markFile.versionVolatile() != 0;
    }

    /** Says that the directory is complete; the release store of the version comes last. */
    void signalCreated(
            final int shardCount,
            final long generation,
            final long entries,
            final int maxValueLength) {
        buffer.putInt(SHARD_COUNT_OFFSET, shardCount);
        buffer.putLong(GENERATION_OFFSET, generation);
        buffer.putLong(ENTRIES_OFFSET, entries);
        buffer.putLong(MAX_VALUE_LENGTH_OFFSET, maxValueLength);
        buffer.putLong(MAGIC_OFFSET, MAGIC);
        markFile.signalReady(LAYOUT_VERSION);
    }

    void signalOwner(final long pid, final long nowMs) {
        buffer.putLong(OWNER_PID_OFFSET, pid);
        buffer.putLong(OWNER_START_OFFSET, nowMs);
        heartbeat(nowMs);
    }

    void heartbeat(final long nowMs) {
        markFile.timestampRelease(nowMs);
    }

    long heartbeatMs() {
        return markFile.timestampVolatile();
    }

    long ownerPid() {
        return buffer.getLong(OWNER_PID_OFFSET);
    }

    long ownerStartMs() {
        return buffer.getLong(OWNER_START_OFFSET);
    }

    /**
     * Identity of an owner's opening: another one as soon as another process has the lock, and when
     * the directory is opened again.
     */
    long ownerId() {
        return buffer.getLongVolatile(OWNER_PID_OFFSET) << OWNER_START_BITS
                ^ buffer.getLongVolatile(OWNER_START_OFFSET);
    }

    int shardCount() {
        return buffer.getInt(SHARD_COUNT_OFFSET);
    }

    long generation() {
        return buffer.getLong(GENERATION_OFFSET);
    }

    /** Says that the whole store has grown. */
    void signalGrown(final long generation, final long entries) {
        buffer.putLong(GENERATION_OFFSET, generation);
        buffer.putLong(ENTRIES_OFFSET, entries);
    }

    /** Generation of a shard's files; a reader that is told of another one attaches anew. */
    long shardGeneration(final int shard) {
        return Math.max(
                ShardFiles.FIRST_GENERATION,
                buffer.getIntVolatile(SHARD_GENERATIONS_OFFSET + shard * Integer.BYTES));
    }

    /** Switches a shard to other files, all at once. */
    void shardGeneration(final int shard, final long generation) {
        buffer.putIntRelease(SHARD_GENERATIONS_OFFSET + shard * Integer.BYTES, (int) generation);
    }

    long entries() {
        return buffer.getLong(ENTRIES_OFFSET);
    }

    int maxValueLength() {
        return (int) buffer.getLong(MAX_VALUE_LENGTH_OFFSET);
    }

    @Override
    public void close() {
        buffer.wrap(0, 0);
        markFile.close();
        closeQuietly(lock);
    }

    private static void closeQuietly(final AutoCloseable closeable) {
        org.agrona.CloseHelper.quietClose(closeable);
    }
}
