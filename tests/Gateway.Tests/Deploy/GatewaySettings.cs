namespace Gateway.Tests.Deploy;

/// <summary>Tries settings in the way in which a start does: a name or value that the gateway does not know refuses it.</summary>
internal static class GatewaySettings
{
    public static void AreTaken(IEnumerable<(string Name, string Value)> variables)
    {
        string[] arguments =
        [
            .. from v in variables
               let name = v.Name == "ASPNETCORE_URLS" ? "urls" : v.Name.Replace("__", ":", StringComparison.Ordinal)
               select $"--{name}={v.Value}",
        ];
        Assert.NotEmpty(arguments);
        using var app = Gateway.Program.Build(arguments);
    }
}
