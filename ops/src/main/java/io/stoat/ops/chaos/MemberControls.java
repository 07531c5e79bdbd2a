package io.stoat.ops.chaos;

import io.stoat.ops.CommandFailure;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What is done to the clock and the link of a member that runs, and how often it was: a small
 * mapped file that outlives the member. The run sets, {@link JumpingClock} and {@link UnrulyLink}
 * in the member's process obey and count. Any thread.
 *
 * <pre>
 *    0  jump of the clock (8)     ms, 0 = none
 *    8  lost (8)                  percent of the datagrams, each way
 *   16  late (8)                  percent of the datagrams with data that it receives
 *   24  lateness (8)              at most, ms
 *   32  seed (8)                  of which datagrams
 *   40  received (8)              datagrams while the link was unruly
 *   48  lost of these (8)
 *   56  late of these (8)
 *   64  sent (8)                  datagrams while the link was unruly
 *   72  lost of these (8)
 * </pre>
 */
final class MemberControls implements AutoCloseable {
    /** System property of the member's process: the file. */
    static final String FILE = "stoat.chaos.controls";

    private static final int JUMP = 0;
    private static final int LOST = 8;
    private static final int LATE = 16;
    private static final int LATE_MS = 24;
    private static final int SEED = 32;
    private static final int RECEIVED = 40;
    private static final int RECEIVED_LOST = 48;
    private static final int RECEIVED_LATE = 56;
    private static final int SENT = 64;
    private static final int SENT_LOST = 72;
    private static final int LENGTH = 80;

    private final MappedByteBuffer mapped;
    private final UnsafeBuffer buffer;

    /**
     * What was counted since {@link #unruly} was called.
     *
     * @param received datagrams.
     * @param receivedLost of these.
     * @param receivedLate of these.
     * @param sent datagrams.
     * @param sentLost of these.
     */
    record LinkCounts(
            long received, long receivedLost, long receivedLate, long sent, long sentLost) {}

    private MemberControls(final MappedByteBuffer mapped) {
        this.mapped = mapped;
        buffer = new UnsafeBuffer(mapped);
    }

    /** Makes the file, with nothing done to the member, or maps the one that is there. */
    static MemberControls at(final Path file) {
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            return new MemberControls(channel.map(FileChannel.MapMode.READ_WRITE, 0, LENGTH));
        } catch (final IOException ex) {
            throw CommandFailure.failed(
                    "cannot map the controls of a member: " + file + " (-D" + FILE + "): " + ex);
        }
    }

    /** Those of this process, which is a member's. */
    static MemberControls ofThisProcess() {
        final String file = System.getProperty(FILE);
        if (file == null) {
            throw CommandFailure.failed("a member of a chaos run needs -D" + FILE + "=FILE");
        }
        return at(Path.of(file));
    }

    /**
     * Lets the clock jump.
     *
     * @param ms by which it is wrong from now on; 0 sets it right.
     */
    void jump(final long ms) {
        buffer.putLongVolatile(JUMP, ms);
    }

    long jumpMs() {
        return buffer.getLongVolatile(JUMP);
    }

    /**
     * Lets the link lose and delay from now on, and counts anew.
     *
     * @param seed of which datagrams.
     * @param lost percent, each way.
     * @param late percent of the datagrams with data that come in.
     * @param lateMs at most.
     */
    void unruly(final long seed, final int lost, final int late, final int lateMs) {
        for (int counter = RECEIVED; counter < LENGTH; counter += Long.BYTES) {
            buffer.putLongVolatile(counter, 0);
        }
        buffer.putLong(SEED, seed);
        buffer.putLong(LATE_MS, lateMs);
        buffer.putLongVolatile(LATE, late);
        buffer.putLongVolatile(LOST, lost);
    }

    /** The link loses and delays no more; the counts stay. */
    void calm() {
        buffer.putLongVolatile(LOST, 0);
        buffer.putLongVolatile(LATE, 0);
    }

    long seed() {
        return buffer.getLong(SEED);
    }

    int lostPercent() {
        return (int) buffer.getLongVolatile(LOST);
    }

    int latePercent() {
        return (int) buffer.getLongVolatile(LATE);
    }

    int lateMs() {
        return (int) buffer.getLong(LATE_MS);
    }

    void countReceived(final boolean lost, final boolean late) {
        buffer.getAndAddLong(RECEIVED, 1);
        if (lost) {
            buffer.getAndAddLong(RECEIVED_LOST, 1);
        } else if (late) {
            buffer.getAndAddLong(RECEIVED_LATE, 1);
        }
    }

    void countSent(final boolean lost) {
        buffer.getAndAddLong(SENT, 1);
        if (lost) {
            buffer.getAndAddLong(SENT_LOST, 1);
        }
    }

    LinkCounts counts() {
        return new LinkCounts(
                buffer.getLongVolatile(RECEIVED),
                buffer.getLongVolatile(RECEIVED_LOST),
                buffer.getLongVolatile(RECEIVED_LATE),
                buffer.getLongVolatile(SENT),
                buffer.getLongVolatile(SENT_LOST));
    }

    @Override
    public void close() {
        IoUtil.unmap(mapped);
    }
}
