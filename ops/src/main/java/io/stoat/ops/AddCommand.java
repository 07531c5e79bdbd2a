package io.stoat.ops;

import java.util.concurrent.Callable;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stoat add}: over IPC, or over UDP when an endpoint is given. Prints the sum. */
@Command(
        name = "add",
        description = "Add to a 64-bit counter, which starts at zero; prints the sum.",
        footer = {"", "Examples:", "  stoat add fills", "  stoat add position -- -250"})
final class AddCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "KEY", description = "Key, UTF-8, 1 to 1024 bytes.")
    private String key;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "N",
            defaultValue = "1",
            description = "To add; put -- before a negative number (default: 1).")
    private long delta;

    @Mixin private StoreOptions options;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        final UnsafeBuffer keyBuffer = StoreOptions.keyOf(key);
        try (CommandTarget client = options.connect()) {
            final int status = client.add(keyBuffer, delta);
            final CommandFailure failure = client.failure(status, key);
            if (failure != null) {
                throw failure;
            }
            spec.commandLine().getOut().println(client.counter());
            return ExitCode.OK;
        }
    }
}
