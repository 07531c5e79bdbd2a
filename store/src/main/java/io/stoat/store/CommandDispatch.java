package io.stoat.store;

/** Calls the method of {@link ShardCommands} for a decoded command. */
final class CommandDispatch {
    private CommandDispatch() {}

    /**
     * @param commands of the shard that has the command's key.
     * @param command that is no batch.
     * @param keyAddress of the key, relative to the command's buffer's array or absolute.
     * @param hash of the key.
     * @param timeMs time of the command.
     * @return a {@link Status}.
     */
    static int execute(
            final ShardCommands commands,
            final CommandDecoder command,
            final long keyAddress,
            final long hash,
            final long timeMs) {
        final Object base = command.buffer().byteArray();
        final int keyLength = command.keyLength();
        switch (command.operation()) {
            case Command.REMOVE:
                return commands.remove(
                        PutMode.ALWAYS, base, keyAddress, keyLength, hash, 0, timeMs);
            case Command.REMOVE_IF_VERSION:
                return commands.remove(
                        PutMode.IF_VERSION,
                        base,
                        keyAddress,
                        keyLength,
                        hash,
                        command.expectedVersion(),
                        timeMs);
            case Command.ADD:
                return commands.add(base, keyAddress, keyLength, hash, command.delta(), timeMs);
            case Command.TOUCH:
                return commands.touch(
                        base, keyAddress, keyLength, hash, command.expiresAtMs(timeMs), timeMs);
            default:
                return commands.put(
                        command.operation() - Command.PUT,
                        base,
                        keyAddress,
                        keyLength,
                        hash,
                        base,
                        command.buffer().addressOffset() + command.valueOffset(),
                        command.valueLength(),
                        command.expiresAtMs(timeMs),
                        command.expectedVersion(),
                        timeMs);
        }
    }
}
