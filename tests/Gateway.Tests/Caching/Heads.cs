using Gateway.Origin;

namespace Gateway.Tests.Caching;

internal static class Heads
{
    public static ResponseHead Of(int status, params (string Name, string Value)[] fields) =>
        new(status, [.. fields.Select(f => new HeaderLine(f.Name, f.Value))]);

    public static HeaderLine[] Lines(params (string Name, string Value)[] fields) => [.. fields.Select(f => new HeaderLine(f.Name, f.Value))];
}
