using System.Globalization;

namespace Gateway.Tests.Manifests;

/// <summary>
/// Mutations of manifests. A run is a function of its number alone, so that a finding is repeated by that number. The bounded count of the ordinary
/// test run becomes a long one by <c>GATEWAY_FUZZ_RUNS=1000000</c>; <c>GATEWAY_FUZZ_SEED</c> says where to begin.
/// </summary>
internal static class ManifestFuzz
{
    /// <summary>Numbers of the runs to make.</summary>
    public static IEnumerable<int> Runs(int usual)
    {
        var first = Setting("GATEWAY_FUZZ_SEED", 0);
        var count = Setting("GATEWAY_FUZZ_RUNS", usual);
        for (var i = 0; i < count; i++) yield return first + i;
    }

    /// <summary>The kept seeds in a folder beside the tests' sources; findings are added there.</summary>
    public static byte[][] Seeds(string folder)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (!File.Exists(Path.Combine(at.FullName, "Gateway.sln"))) continue;
            var seeds = Path.Combine(at.FullName, "tests", "Gateway.Tests", "Manifests", folder);
            return [.. Directory.EnumerateFiles(seeds).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        }

        return [];
    }

    /// <summary>Makes the document of a run.</summary>
    /// <param name="seeds">What to begin with, and what to splice in.</param>
    /// <param name="tokens">What matters in the format: delimiters, names, hosts.</param>
    /// <param name="random">Of this run.</param>
    public static byte[] Mutate(byte[][] seeds, byte[][] tokens, Random random)
    {
        var document = new List<byte>(seeds[random.Next(seeds.Length)]);
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var at = random.Next(document.Count + 1);
            var length = Math.Min(random.Next(1, 1 << random.Next(1, 9)), document.Count - at);
            switch (random.Next(7))
            {
                case 0:
                    document.RemoveRange(at, length);
                    break;
                case 1:
                    document.InsertRange(at, document.GetRange(at, length));
                    break;
                case 2:
                    document.InsertRange(at, tokens[random.Next(tokens.Length)]);
                    break;
                case 3:
                    var token = tokens[random.Next(tokens.Length)];
                    document.RemoveRange(at, Math.Min(token.Length, document.Count - at));
                    document.InsertRange(at, token);
                    break;
                case 4 when at < document.Count:
                    document[at] = (byte)random.Next(256);
                    break;
                case 5:
                    var other = seeds[random.Next(seeds.Length)];
                    var from = random.Next(other.Length + 1);
                    document.InsertRange(at, other.AsSpan(from, Math.Min(length, other.Length - from)).ToArray());
                    break;
                case 6 when random.Next(4) == 0:
                    document.RemoveRange(at, document.Count - at);
                    break;
            }
        }

        return [.. document];
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
