using System.Globalization;

namespace Gateway.FunctionalTests.Browser;

/// <summary>A browser of its own, for which names lead to ports of this machine: gateways with a public name each.</summary>
public sealed class ChromiumWithNames(params (string Name, int Port)[] names) : Chromium
{
    protected override string[] More =>
        ["--host-resolver-rules=" + string.Join(',', names.Select(static n => string.Create(CultureInfo.InvariantCulture, $"MAP {n.Name} 127.0.0.1:{n.Port}")))];
}
