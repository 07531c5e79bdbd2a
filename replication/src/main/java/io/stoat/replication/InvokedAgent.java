package io.stoat.replication;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentInvoker;

/** A part that is made to be invoked, and invokes others, as the agent of a thread. */
final class InvokedAgent implements Agent {
    private final String name;
    private final AgentInvoker invoker;

    InvokedAgent(final String name, final AgentInvoker invoker) {
        this.name = name;
        this.invoker = invoker;
    }

    @Override
    public void onStart() {
        invoker.start();
    }

    @Override
    public int doWork() {
        return invoker.invoke();
    }

    @Override
    public String roleName() {
        return name;
    }
}
