package io.stoat.store;

/**
 * Applies an encoded batch to its shard and keeps the results of its commands. Allocates nothing;
 * the writer's thread.
 */
final class BatchApplication {
    private static final int NOT_REFUSED = -1;

    private final ShardMap shardMap;
    private final Shard[] shards;
    private final CommandDecoder item = new CommandDecoder();
    private final long[] hashes = new long[Command.MAX_BATCH_COMMANDS];
    private final int[] statuses = new int[Command.MAX_BATCH_COMMANDS];
    private final long[] versions = new long[Command.MAX_BATCH_COMMANDS];
    private final long[] counters = new long[Command.MAX_BATCH_COMMANDS];
    private Shard shard;
    private long version;
    private int results;
    private int refusedIndex = NOT_REFUSED;

    /** Of a writer that has the shards that are not null. */
    BatchApplication(final ShardMap shardMap, final Shard[] shards) {
        this.shardMap = shardMap;
        this.shards = shards;
    }

    /** Forgets the results of the last batch. */
    void reset() {
        shard = null;
        version = 0;
        results = 0;
        refusedIndex = NOT_REFUSED;
    }

    /**
     * Applies all commands or none.
     *
     * @param batch decoder of the batch.
     * @return as {@link StoreWriter#apply} says.
     */
    int apply(final CommandDecoder batch, final long position, final long timeMs) {
        final int sound = check(batch);
        if (sound != Status.OK) {
            return sound;
        }
        final ShardCommands commands = shard.commands();
        final ShardBatch planned = shard.batch();
        if (!commands.startAt(position)) {
            return Status.ALREADY_APPLIED;
        }
        if (planned.evicts()) {
            makeRoom(planned, batch);
        }
        planned.begin();
        int status = plan(planned, commands, batch, timeMs);
        if (status == Status.OK) {
            status = planned.commit();
            version = planned.version();
            if (status != Status.OK) {
                refusedIndex = planned.refusedCommand();
                statuses[refusedIndex] = status;
            }
        } else {
            refusedIndex = results - 1;
            planned.abandon();
            version = commands.version();
        }
        commands.finishAt(position);
        return status;
    }

    private int plan(
            final ShardBatch planned,
            final ShardCommands commands,
            final CommandDecoder batch,
            final long timeMs) {
        int at = batch.firstOffset();
        int status = Status.OK;
        for (int i = 0; i < batch.count() && status == Status.OK; i++) {
            item.wrapNext(batch, at);
            planned.startCommand(i);
            status = CommandDispatch.execute(commands, item, keyAddress(), hashes[i], timeMs);
            statuses[i] = status;
            versions[i] = commands.version();
            counters[i] =
                    status == Status.OK && item.operation() == Command.ADD ? commands.counter() : 0;
            results = i + 1;
            if (status == Status.NOT_FOUND && item.operation() == Command.REMOVE) {
                status = Status.OK;
            }
            at = item.endOffset();
        }
        return status;
    }

    private long keyAddress() {
        return item.buffer().addressOffset() + item.keyOffset();
    }

    /**
     * Evicts before the batch begins what its puts need. Only keys and lengths count, so replicas
     * do the same, whether or not the batch is refused in the end.
     */
    private void makeRoom(final ShardBatch planned, final CommandDecoder batch) {
        int entries = 0;
        long bytes = 0;
        int at = batch.firstOffset();
        for (int i = 0; i < batch.count(); i++) {
            item.wrapNext(batch, at);
            at = item.endOffset();
            if (item.operation() <= Command.PUT_IF_VERSION || item.operation() == Command.ADD) {
                final long growth =
                        planned.growthBy(
                                item.buffer().byteArray(),
                                keyAddress(),
                                item.keyLength(),
                                hashes[i],
                                item.operation() == Command.ADD ? Long.BYTES : item.valueLength());
                entries += (int) (growth & 1);
                bytes += growth >>> 32;
            }
        }
        if (entries > 0 || bytes > 0) {
            planned.makeRoom(entries, bytes);
        }
    }

    /** Whether every command of the batch is sound and all are of one shard, which it leaves. */
    private int check(final CommandDecoder batch) {
        if (batch.count() > Command.MAX_BATCH_COMMANDS) {
            return Status.BATCH_TOO_LARGE;
        }
        int at = batch.firstOffset();
        for (int i = 0; i < batch.count(); i++) {
            int status = item.wrapNext(batch, at);
            if (status == Status.OK) {
                hashes[i] =
                        XxHash64.hash(
                                item.buffer().byteArray(), keyAddress(), item.keyLength(), 0L);
                final Shard own = shards[shardMap.shardOf(hashes[i])];
                shard = i == 0 ? own : shard;
                status = own == null || own != shard ? Status.WRONG_SHARD : status;
            }
            if (status != Status.OK) {
                refusedIndex = i;
                return status;
            }
            at = item.endOffset();
        }
        return at == batch.endOffset() ? Status.OK : Status.MALFORMED;
    }

    /** Those of the last batch's shard, or null. */
    ShardCommands commands() {
        return shard == null ? null : shard.commands();
    }

    /** Version that the last batch wrote, or that its refused command found. */
    long version() {
        return version;
    }

    int results() {
        return results;
    }

    int status(final int index) {
        return statuses[index];
    }

    long version(final int index) {
        return versions[index];
    }

    long counter(final int index) {
        return counters[index];
    }

    int refusedIndex() {
        return refusedIndex;
    }
}
