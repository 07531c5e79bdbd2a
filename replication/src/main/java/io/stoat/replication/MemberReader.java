package io.stoat.replication;

import io.stoat.store.ShardMap;
import io.stoat.store.StoreReader;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.SystemEpochClock;

/**
 * Reads a member of a cluster straight from the shared memory of its host, from any process, and
 * says how old what it reads may be: the keys of all groups, each as old as its group's log. The
 * member is not involved.
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

    private final ShardMap shardMap;
    private final MemberStatus[] statuses;
    private final StoreReader reader;
    private final EpochClock clock;

    private MemberReader(
            final ShardMap shardMap,
            final MemberStatus[] statuses,
            final StoreReader reader,
            final EpochClock clock) {
        this.shardMap = shardMap;
        this.statuses = statuses;
        this.reader = reader;
        this.clock = clock;
    }

    /**
     * Attaches to a member of this host.
     *
     * @param config of the cluster.
     * @param member number.
     * @return the reader.
     * @throws ReplicationException when the member never ran here.
     * @throws io.stoat.store.StoreException when its data directory cannot be read.
     */
    public static MemberReader attach(final ClusterConfig config, final int member) {
        final MemberStatus[] statuses = new MemberStatus[config.groups()];
        try {
            for (int group = 0; group < statuses.length; group++) {
                statuses[group] = MemberStatus.attach(config.memberDir(group, member));
            }
            return new MemberReader(
                    config.shardMap(),
                    statuses,
                    StoreReader.attach(config.dataDir(member)),
                    SystemEpochClock.INSTANCE);
        } catch (final RuntimeException ex) {
            CloseHelper.quietCloseAll(statuses);
            throw ex;
        }
    }

    private MemberStatus statusOf(
            final DirectBuffer key, final int keyOffset, final int keyLength) {
        return keyLength < 1 ? statuses[0] : statuses[shardMap.groupOf(key, keyOffset, keyLength)];
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
        if (ageMs(statusOf(key, keyOffset, keyLength)) > maxAgeMs) {
            return ReplicationStatus.TOO_OLD;
        }
        return reader.get(key, keyOffset, keyLength, dst, dstOffset, maxLength);
    }

    /**
     * Waits until the member has applied a position of the log of the key's group, then reads.
     * Other parameters and results as {@link StoreReader#get}.
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
        final MemberStatus status = statusOf(key, keyOffset, keyLength);
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

    private long ageMs(final MemberStatus status) {
        final long appliedMs = status.appliedTimeMs();
        return appliedMs <= 0 ? Long.MAX_VALUE : Math.max(0, clock.time() - appliedMs);
    }

    /**
     * @return how old the member's content may be, ms, of the group that is furthest behind; never
     *     below 0; huge when the member has not applied anything or is being rebuilt.
     */
    public long ageMs() {
        long oldest = 0;
        for (final MemberStatus status : statuses) {
            oldest = Math.max(oldest, ageMs(status));
        }
        return oldest;
    }

    /**
     * @param group index.
     * @return position of the group's log up to which everything is in the member's shards.
     */
    public long appliedPosition(final int group) {
        return statuses[group].appliedPosition();
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
        CloseHelper.quietCloseAll(statuses);
    }
}
