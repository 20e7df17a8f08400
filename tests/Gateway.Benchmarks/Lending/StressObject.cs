namespace Gateway.Benchmarks.Lending;

/// <summary>An object whose bytes anybody can work out: a stretch of one random pattern, which begins somewhere else for each number, so that bytes of another object, or of another place, are wrong ones.</summary>
internal readonly record struct StressObject(int Number)
{
    public const int Count = 320;

    private const int Step = 7919;
    private const int Longest = 4 << 20;

    /// <summary>From below what is worth lending to several slices of a file.</summary>
    private static readonly int[] Sizes = [2 << 10, 9 << 10, 70_000, 100_000, 300_000, 1 << 20, 2_500_000, Longest - Count];

    private static readonly byte[] Pattern = Random();

    public int Length => Sizes[Number % Sizes.Length] + Number;

    public string Path => Number % Sizes.Length == Sizes.Length - 1 ? $"film{Number}.mp4" : $"t{Number % 20}/seg{Number}.m4s";

    public ReadOnlyMemory<byte> Bytes => Pattern.AsMemory(Number * Step, Length);

    public static StressObject Of(string path)
    {
        var digits = path.AsSpan(path.LastIndexOfAny(['m', 'g'], path.LastIndexOf('.') - 1) + 1);
        return new StressObject(int.Parse(digits[..digits.IndexOf('.')], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static byte[] Random()
    {
        var bytes = new byte[Count * Step + Longest];
        new Random(22112026).NextBytes(bytes);
        return bytes;
    }
}
