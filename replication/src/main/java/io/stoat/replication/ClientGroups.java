package io.stoat.replication;

import io.aeron.Aeron;
import io.stoat.store.ShardMap;
import io.stoat.store.Status;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

/**
 * A client's dealings with all groups of a cluster, and which key belongs to which. One thread, but
 * for {@link #shardMap()}.
 */
final class ClientGroups implements AutoCloseable {
    private final GroupClient[] groups;
    private volatile ShardMap shardMap;

    ClientGroups(
            final ReplicatedClientContext context,
            final Aeron aeron,
            final ResultListener listener) {
        shardMap = context.config().shardMap();
        groups = new GroupClient[shardMap.groups()];
        for (int group = 0; group < groups.length; group++) {
            groups[group] = new GroupClient(context, aeron, group, listener);
        }
    }

    GroupClient get(final int group) {
        return groups[group];
    }

    /** The group of a key; the first one for a key that none can have. */
    GroupClient of(final DirectBuffer key, final int keyOffset, final int keyLength) {
        return keyLength < 1 ? groups[0] : groups[shardMap.groupOf(key, keyOffset, keyLength)];
    }

    /** The group that a message of this number was sent to. */
    GroupClient ofMessage(final long message) {
        return groups[(int) (message % groups.length)];
    }

    /** The only group. */
    GroupClient only() {
        if (groups.length > 1) {
            throw new IllegalStateException(
                    "the cluster has "
                            + groups.length
                            + " groups: say for which key, commands(key, offset, length)");
        }
        return groups[0];
    }

    /** Sends what was encoded for any; the last message's number, or MALFORMED for none. */
    long send() {
        long message = Status.MALFORMED;
        for (final GroupClient group : groups) {
            if (group.flow().hasCommands()) {
                final long sent = group.flow().send();
                message = message == ReplicationStatus.TOO_MANY_COMMANDS ? message : sent;
            }
        }
        return message;
    }

    /** Lets all of them work, and notes who leads; never blocks. */
    int poll(final long nowNs) {
        int work = 0;
        for (int group = 0; group < groups.length; group++) {
            work += groups[group].poll(nowNs);
            final int leader = groups[group].session().leader();
            if (leader != shardMap.leader(group)) {
                shardMap = shardMap.withLeader(group, leader);
            }
        }
        return work;
    }

    /** Messages without an outcome. */
    int inFlight() {
        int count = 0;
        for (final GroupClient group : groups) {
            count += group.flow().inFlight();
        }
        return count;
    }

    /** Nothing more is sent: the groups are told to forget the client. */
    void leave() {
        for (final GroupClient group : groups) {
            group.flow().leave();
        }
    }

    /** Whether a group that is there has not said that it has forgotten the client. */
    boolean isLeaving() {
        boolean isAny = false;
        for (final GroupClient group : groups) {
            isAny |= group.flow().isLeaving();
        }
        return isAny;
    }

    /** Who has which key, and who leads; replaced when a leader changes; any thread. */
    ShardMap shardMap() {
        return shardMap;
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(groups);
    }
}
