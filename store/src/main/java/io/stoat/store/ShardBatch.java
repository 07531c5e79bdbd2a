package io.stoat.store;

/**
 * The batch of one shard: while it is open, commands of {@link ShardCommands} change only its
 * {@link BatchPlan}, and each sees what those before it planned. {@link #commit()} then makes all
 * changes or none. Owner's thread; allocates nothing but in {@link #use}.
 */
final class ShardBatch {
    private final EntryWriter entries;
    private final ShardCommands commands;
    private BatchPlan plan;
    private BatchCommit commit;
    private int planned = BatchPlan.NONE;
    private long version;

    ShardBatch(final EntryWriter entries, final ShardCommands commands) {
        this.entries = entries;
        this.commands = commands;
    }

    /** From here on plans changes of these files. */
    void use(final ShardStorage storage) {
        final RedoSlot redo = storage.control().redoSlot();
        plan = new BatchPlan(redo);
        commit = new BatchCommit(storage, redo, plan);
    }

    /** Whether room must be made before the batch begins. */
    boolean evicts() {
        return entries.evictor() != null;
    }

    /**
     * What a put of the batch would add, if nothing before it in the batch changes that.
     *
     * @return bytes in the high 32 bits, and 1 for an entry more.
     */
    long growthBy(
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final int payloadLength) {
        final long bytes =
                ShardSizing.entryLength(keyLength, ValueDescriptor.HEADER_LENGTH + payloadLength);
        final EntryFinder finder = entries.finder();
        if (commands.isClosed()
                || finder.find(keyBase, keyAddress, keyLength, hash) != EntryFinder.FOUND) {
            return bytes << 32 | 1;
        }
        final long grown = bytes - ShardSizing.entryLength(keyLength, finder.valueLength());
        return Math.max(0, grown) << 32;
    }

    /** Evicts until so much more stays below the high-water mark; before {@link #begin()}. */
    void makeRoom(final int moreEntries, final long moreBytes) {
        if (!commands.isClosed()) {
            entries.makeRoom(0, moreEntries, moreBytes);
        }
    }

    /** The commands up to {@link #commit()} are planned together. */
    void begin() {
        plan.begin();
        commands.planIn(this);
    }

    /** Says which command comes next. */
    void startCommand(final int index) {
        plan.startCommand(index);
    }

    /** Forgets the planned commands. */
    void abandon() {
        commands.planIn(null);
        planned = BatchPlan.NONE;
    }

    /**
     * Applies what was planned, all or nothing.
     *
     * @return {@link Status#OK}, or {@link Status#STORE_FULL}, for want of room, with {@link
     *     #refusedCommand()}.
     */
    int commit() {
        abandon();
        entries.forgetRefusal();
        version = 0;
        if (plan.count() == 0) {
            return Status.OK;
        }
        final int status = entries.commit(plan, commit);
        if (status == Status.OK) {
            version = entries.next();
        }
        return status;
    }

    /** Version that the last {@link #commit()} wrote, 0 when it changed nothing. */
    long version() {
        return version;
    }

    /** The command that found no room when {@link #commit()} was refused. */
    int refusedCommand() {
        return commit.refusedCommand();
    }

    /** Whether the batch changes the key; then the methods below tell what it has planned. */
    boolean find(
            final Object keyBase, final long keyAddress, final int keyLength, final long hash) {
        planned = plan.find(keyBase, keyAddress, keyLength, hash);
        return planned != BatchPlan.NONE;
    }

    /** Whether the key found has a value, or else is removed. */
    boolean isPut() {
        return plan.isPut(planned);
    }

    /** Address of the value's header; only when {@link #isPut()}. */
    long valueAddress() {
        return plan.valueAddress(planned);
    }

    /** Length of header and payload, bytes; only when {@link #isPut()}. */
    int valueLength() {
        return plan.valueLength(planned);
    }

    /**
     * Plans a put of the key that was looked up last.
     *
     * @param found whether there is an entry, as far as the batch has come.
     * @return {@link Status#OK}, {@link Status#STORE_FULL} or {@link Status#BATCH_TOO_LARGE}.
     */
    int put(
            final boolean found,
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final long entryVersion,
            final long expiresAtMs,
            final Object payloadBase,
            final long payloadAddress,
            final int payloadLength) {
        entries.forgetRefusal();
        if (!found && entries.isFull(plan.added())) {
            return Status.STORE_FULL;
        }
        final EntryFinder finder = entries.finder();
        final boolean inMap =
                planned == BatchPlan.NONE
                        ? found
                        : finder.find(keyBase, keyAddress, keyLength, hash) == EntryFinder.FOUND;
        return plan.put(
                        planned,
                        keyBase,
                        keyAddress,
                        keyLength,
                        hash,
                        inMap ? finder.valueLength() : BatchPlan.ABSENT,
                        finder.valueAddress(),
                        entryVersion,
                        expiresAtMs,
                        payloadBase,
                        payloadAddress,
                        payloadLength)
                ? Status.OK
                : Status.BATCH_TOO_LARGE;
    }

    /**
     * Plans the removal of the entry that was looked up last.
     *
     * @return {@link Status#OK} or {@link Status#BATCH_TOO_LARGE}.
     */
    int remove(final Object keyBase, final long keyAddress, final int keyLength, final long hash) {
        final EntryFinder finder = entries.finder();
        final boolean inMap =
                planned == BatchPlan.NONE
                        || finder.find(keyBase, keyAddress, keyLength, hash) == EntryFinder.FOUND;
        return plan.remove(
                        planned,
                        keyBase,
                        keyAddress,
                        keyLength,
                        hash,
                        inMap ? finder.valueLength() : BatchPlan.ABSENT)
                ? Status.OK
                : Status.BATCH_TOO_LARGE;
    }
}
