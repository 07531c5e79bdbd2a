package io.stoat.replication;

import io.stoat.store.StoreReader;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.SystemEpochClock;

/**
 * Reads a member of a cluster straight from the shared memory of its host, from any process, and
 * says how old what it reads may be. The member is not involved.
 *
 * <ul>
 *   <li>{@link #get} local: what this member has applied, however old;
 *   <li>{@link #getWithin} bounded: refused when the member's content is older than a bound;
 *   <li>{@link #getAfter} read your writes: waits until the member has applied a position that a
 *       write returned;
 *   <li>linearizable reads go through the log: {@link ReplicatedClient#get}.
 * </ul>
 *
 * The age counts from the time that the leader's clock had when it wrote what the member applied
 * last, on this host's clock: hosts whose clocks differ by d know the age up to d. The replicated
 * clock ticks even when nobody writes, so the age of a member that is connected stays near the tick
 * interval, and that of one that is cut off grows.
 *
 * <p>One thread an instance.
 */
public final class MemberReader implements AutoCloseable {
    private static final long PAUSE_NS = 20_000;

    private final MemberStatus status;
    private final StoreReader reader;
    private final EpochClock clock;

    private MemberReader(
            final MemberStatus status, final StoreReader reader, final EpochClock clock) {
        this.status = status;
        this.reader = reader;
        this.clock = clock;
    }

    /**
     * Attaches to a member of this host.
     *
     * @param config of the cluster.
     * @param group of the member.
     * @param member number.
     * @return the reader.
     * @throws ReplicationException when the member never ran here.
     * @throws io.stoat.store.StoreException when its data directory cannot be read.
     */
    public static MemberReader attach(
            final ClusterConfig config, final int group, final int member) {
        return attach(
                config.memberDir(group, member),
                config.dataDir(group, member),
                SystemEpochClock.INSTANCE);
    }

    static MemberReader attach(final Path memberDir, final Path dataDir, final EpochClock clock) {
        final MemberStatus status = MemberStatus.attach(memberDir);
        try {
            return new MemberReader(status, StoreReader.attach(dataDir), clock);
        } catch (final RuntimeException ex) {
            status.close();
            throw ex;
        }
    }

    /**
     * Reads what the member has applied. Parameters and results as {@link StoreReader#get}.
     *
     * @return length of the value, or a status.
     */
    public int get(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final MutableDirectBuffer dst,
            final int dstOffset,
            final int maxLength) {
        return reader.get(key, keyOffset, keyLength, dst, dstOffset, maxLength);
    }

    /**
     * Reads unless the member's content is older than a bound. Other parameters and results as
     * {@link StoreReader#get}.
     *
     * @param maxAgeMs bound, ms; not below the tick interval of the cluster.
     * @return length of the value, a status, or {@link ReplicationStatus#TOO_OLD}.
     */
    public int getWithin(
            final long maxAgeMs,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final MutableDirectBuffer dst,
            final int dstOffset,
            final int maxLength) {
        // the age first: what is read afterwards is at least as new
        if (ageMs() > maxAgeMs) {
            return ReplicationStatus.TOO_OLD;
        }
        return reader.get(key, keyOffset, keyLength, dst, dstOffset, maxLength);
    }

    /**
     * Waits until the member has applied a position, then reads. Other parameters and results as
     * {@link StoreReader#get}.
     *
     * @param position that a write returned.
     * @param timeoutNs longest wait, ns.
     * @return length of the value, a status, or {@link ReplicationStatus#NOT_CAUGHT_UP}.
     */
    public int getAfter(
            final long position,
            final long timeoutNs,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final MutableDirectBuffer dst,
            final int dstOffset,
            final int maxLength) {
        if (status.appliedPosition() < position) {
            final long deadlineNs = System.nanoTime() + timeoutNs;
            while (status.appliedPosition() < position) {
                if (System.nanoTime() - deadlineNs > 0) {
                    return ReplicationStatus.NOT_CAUGHT_UP;
                }
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
        return reader.get(key, keyOffset, keyLength, dst, dstOffset, maxLength);
    }

    /**
     * @return how old the member's content may be, ms; never below 0; huge when the member has not
     *     applied anything or is being rebuilt.
     */
    public long ageMs() {
        final long appliedMs = status.appliedTimeMs();
        return appliedMs <= 0 ? Long.MAX_VALUE : Math.max(0, clock.time() - appliedMs);
    }

    /**
     * @return log position up to which everything is in the member's shards.
     */
    public long appliedPosition() {
        return status.appliedPosition();
    }

    /**
     * @return the underlying reader: views in place, several keys as of one moment, scans.
     */
    public StoreReader store() {
        return reader;
    }

    @Override
    public void close() {
        reader.close();
        status.close();
    }
}
