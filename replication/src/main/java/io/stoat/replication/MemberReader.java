package io.stoat.replication;

import io.stoat.store.ShardMap;
import io.stoat.store.StoreException;
import io.stoat.store.StoreReader;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
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
 * last, on this host's clock: hosts whose clocks differ by d know the age up to d. It also counts
 * from the moment at which the live member applied that, by the host's monotonic clock, and the
 * older one holds: a leader whose clock is ahead makes nothing look new once it has arrived, though
 * what the way to this member took is not counted then. The replicated clock ticks even when nobody
 * writes, so the age of a member that is connected stays near the tick interval, and that of one
 * that is cut off grows.
 *
 * <p>While the member's shards do not hold its state, all reads are refused with {@link
 * ReplicationStatus#NOT_LOADED}: after a crash until it has loaded a snapshot and applied what was
 * committed since. When its directories are replaced or wiped, the reader attaches to the new ones
 * by itself; until then it refuses, too. Reading allocates nothing while they stay.
 *
 * <p>One thread an instance.
 */
public final class MemberReader implements AutoCloseable {
    private static final long PAUSE_NS = 20_000;
    private static final long LOOK_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final ClusterConfig config;
    private final int member;
    private final ShardMap shardMap;
    private final MemberStatus[] statuses;
    private final SilenceWatch[] watches;
    private final boolean[] isGone;
    private final EpochClock clock;
    private StoreReader reader;
    private long storeId;
    private long nextLookNs = System.nanoTime();

    private MemberReader(
            final ClusterConfig config,
            final int member,
            final MemberStatus[] statuses,
            final StoreReader reader,
            final EpochClock clock) {
        this.config = config;
        this.member = member;
        this.shardMap = config.shardMap();
        this.statuses = statuses;
        this.reader = reader;
        this.clock = clock;
        storeId = reader.ownerId();
        isGone = new boolean[statuses.length];
        watches = new SilenceWatch[statuses.length];
        Arrays.setAll(watches, group -> new SilenceWatch(clock));
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
        return attach(config, member, SystemEpochClock.INSTANCE);
    }

    static MemberReader attach(
            final ClusterConfig config, final int member, final EpochClock clock) {
        final MemberStatus[] statuses = new MemberStatus[config.groups()];
        try {
            for (int group = 0; group < statuses.length; group++) {
                statuses[group] = MemberStatus.attach(config.memberDir(group, member));
            }
            final StoreReader reader = StoreReader.attach(config.dataDir(member));
            return new MemberReader(config, member, statuses, reader, clock);
        } catch (final RuntimeException ex) {
            CloseHelper.quietCloseAll(statuses);
            throw ex;
        }
    }

    private int groupOf(final DirectBuffer key, final int keyOffset, final int keyLength) {
        return keyLength < 1 ? 0 : shardMap.groupOf(key, keyOffset, keyLength);
    }

    /** The status of a group's member whose state is in the files that are read; else null. */
    private MemberStatus loaded(final int group) {
        final MemberStatus status = statuses[group];
        if (isBound(status) && !watches[group].isSilent(status)) {
            return status;
        }
        final long nowNs = System.nanoTime();
        if (nowNs - nextLookNs >= 0) {
            nextLookNs = nowNs + LOOK_INTERVAL_NS;
            attachAnew(group);
        }
        return !isGone[group] && isBound(statuses[group]) ? statuses[group] : null;
    }

    private boolean isBound(final MemberStatus status) {
        return status.storeId() == storeId && reader.ownerId() == storeId;
    }

    /** Follows the member to its new files, as far as they are there. */
    private void attachAnew(final int group) {
        try {
            if (statuses[group].isReplaced()) {
                isGone[group] = true;
                final MemberStatus fresh = MemberStatus.attach(config.memberDir(group, member));
                statuses[group].close();
                statuses[group] = fresh;
                isGone[group] = false;
            }
            final long shown = statuses[group].storeId();
            if (shown != 0 && !isBound(statuses[group])) {
                attachStore(shown);
            }
        } catch (final ReplicationException | StoreException notThereYet) {
            // the next look
        }
    }

    /** The member's word and the files have to be of the same opening. */
    private void attachStore(final long shown) {
        final StoreReader fresh = StoreReader.attach(config.dataDir(member));
        if (fresh.ownerId() == shown) {
            reader.close();
            reader = fresh;
            storeId = shown;
        } else {
            fresh.close();
        }
    }

    /**
     * Reads what the member has applied. Parameters and results as {@link StoreReader#get}.
     *
     * @return length of the value, a status, or {@link ReplicationStatus#NOT_LOADED}.
     */
    public int get(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final MutableDirectBuffer dst,
            final int dstOffset,
            final int maxLength) {
        final int group = groupOf(key, keyOffset, keyLength);
        while (true) {
            final MemberStatus status = loaded(group);
            if (status == null) {
                return ReplicationStatus.NOT_LOADED;
            }
            final int result = reader.get(key, keyOffset, keyLength, dst, dstOffset, maxLength);
            if (isBound(status)) {
                return result;
            }
        }
    }

    /**
     * Reads unless the member's content is older than a bound. Other parameters and results as
     * {@link StoreReader#get}.
     *
     * @param maxAgeMs bound, ms; not below the tick interval of the cluster.
     * @return length of the value, a status, {@link ReplicationStatus#TOO_OLD} or {@link
     *     ReplicationStatus#NOT_LOADED}.
     */
    public int getWithin(
            final long maxAgeMs,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final MutableDirectBuffer dst,
            final int dstOffset,
            final int maxLength) {
        final int group = groupOf(key, keyOffset, keyLength);
        while (true) {
            final MemberStatus status = loaded(group);
            if (status == null) {
                return ReplicationStatus.NOT_LOADED;
            }
            // the age first: what is read afterwards is at least as new
            if (ageMs(status) > maxAgeMs) {
                return ReplicationStatus.TOO_OLD;
            }
            final int result = reader.get(key, keyOffset, keyLength, dst, dstOffset, maxLength);
            if (isBound(status)) {
                return result;
            }
        }
    }

    /**
     * Waits until the member has applied a position of the log of the key's group, then reads.
     * Other parameters and results as {@link StoreReader#get}.
     *
     * @param position that a write returned.
     * @param timeoutNs longest wait, ns.
     * @return length of the value, a status, {@link ReplicationStatus#NOT_CAUGHT_UP} or {@link
     *     ReplicationStatus#NOT_LOADED}.
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
        final int group = groupOf(key, keyOffset, keyLength);
        long deadlineNs = 0;
        boolean isWaiting = false;
        while (true) {
            final MemberStatus status = loaded(group);
            if (status != null && status.appliedPosition() >= position) {
                final int result = reader.get(key, keyOffset, keyLength, dst, dstOffset, maxLength);
                if (isBound(status)) {
                    return result;
                }
            }
            final long nowNs = System.nanoTime();
            if (!isWaiting) {
                isWaiting = true;
                deadlineNs = nowNs + timeoutNs;
            } else if (nowNs - deadlineNs > 0) {
                return status == null
                        ? ReplicationStatus.NOT_LOADED
                        : ReplicationStatus.NOT_CAUGHT_UP;
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    private long ageMs(final MemberStatus status) {
        final long appliedMs = status.appliedTimeMs();
        final long appliedAtNs = status.appliedAtNs();
        final long sinceNs = System.nanoTime() - appliedAtNs;
        // before the first time, or of a clock that a boot has ended
        return appliedMs <= 0 || appliedAtNs == 0 || sinceNs < 0
                ? Long.MAX_VALUE
                : Math.max(clock.time() - appliedMs, TimeUnit.NANOSECONDS.toMillis(sinceNs));
    }

    /**
     * @return how old the member's content may be, ms, of the group that is furthest behind; never
     *     below 0; huge when the member has not applied anything or is being rebuilt.
     */
    public long ageMs() {
        long oldest = 0;
        for (int group = 0; group < statuses.length; group++) {
            final MemberStatus status = loaded(group);
            oldest = Math.max(oldest, status == null ? Long.MAX_VALUE : ageMs(status));
        }
        return oldest;
    }

    /**
     * @param group index.
     * @return position of the group's log up to which everything is in the member's shards; 0 while
     *     they do not hold its state.
     */
    public long appliedPosition(final int group) {
        final MemberStatus status = loaded(group);
        return status == null ? 0 : status.appliedPosition();
    }

    /**
     * The underlying reader: views in place, several keys as of one moment, scans. It reads what is
     * in the files, also while they do not hold the member's state, and is closed when a read of
     * this class attaches to others: to be asked for again then.
     *
     * @return the reader.
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
