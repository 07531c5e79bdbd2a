package io.stoat.ops;

import io.stoat.store.PutMode;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code stoat put}: over IPC, or over UDP when an endpoint is given. Prints the version written.
 */
@Command(
        name = "put",
        description =
                "Write a value through a node, over IPC or UDP, or a cluster; prints its version.",
        footer = {
            "",
            "Examples:",
            "  stoat put AMZN 223.82 --ttl 10m",
            "  stoat put AMZN 223.90 --if-version 17 --endpoint 127.0.0.1:7480",
            "  stoat put AMZN 223.90 --cluster prices.cluster"
        })
final class PutCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "KEY", description = "Key, UTF-8, 1 to 1024 bytes.")
    private String key;

    @Parameters(index = "1", paramLabel = "VALUE", description = "Value, UTF-8.")
    private String value;

    @Mixin private StoreOptions options;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            description = "Time to live, such as 500ms, 5s, 2h (default: for ever).")
    private Ttl ttl;

    @ArgGroup(exclusive = true)
    private Condition condition;

    private static final class Condition {
        @Option(
                names = "--if-version",
                paramLabel = "V",
                description = "Write only if the entry has this version.")
        private Long version;

        @Option(names = "--if-absent", description = "Write only if the key is not there.")
        private boolean absent;
    }

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        final UnsafeBuffer keyBuffer = StoreOptions.keyOf(key);
        final UnsafeBuffer valueBuffer = new UnsafeBuffer(value.getBytes(StandardCharsets.UTF_8));
        final long ttlMs = ttl == null ? 0 : ttl.ms();
        final boolean isVersioned = condition != null && condition.version != null;
        final int mode =
                isVersioned
                        ? PutMode.IF_VERSION
                        : condition != null && condition.absent
                                ? PutMode.IF_ABSENT
                                : PutMode.ALWAYS;
        try (CommandTarget client = options.connect()) {
            final int status =
                    client.put(
                            mode,
                            keyBuffer,
                            valueBuffer,
                            ttlMs,
                            isVersioned ? condition.version : 0);
            final CommandFailure failure = client.failure(status, key);
            if (failure != null) {
                throw failure;
            }
            spec.commandLine().getOut().println("version " + client.version());
            return ExitCode.OK;
        }
    }
}
