using System.Runtime.CompilerServices;

namespace Gateway.Testing;

/// <summary>What every test of a run has in its environment, and every program that a test starts.</summary>
internal static class TestEnvironment
{
    /// <summary>Gateways of tests share no key with each other, and leave none with the user who runs them.</summary>
    [ModuleInitializer]
    internal static void KeepNoTicketKey() => Environment.SetEnvironmentVariable("Gateway__Access__TicketKeyFile", "none");
}
