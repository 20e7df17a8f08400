namespace Gateway.Load.Links.Virtual;

/// <summary>
/// The bytes of made-up segments: 64 KiB of noise over and over, which each path begins at a place of its own, so that a byte that is another, a piece that is missing and a
/// segment in the place of another are all seen. Of two paths in 65,536 the places are the same.
/// </summary>
internal static class SyntheticContent
{
    private static readonly byte[] s_noise = Noise();

    /// <param name="path">At the origin, with its first slash, without query.</param>
    /// <param name="length">Bytes.</param>
    public static KnownContent Of(ReadOnlySpan<char> path, long length)
    {
        // FNV-1a, 32 bits: string's own sum differs from process to process.
        var sum = 2166136261u;
        foreach (var letter in path) sum = (sum ^ letter) * 16777619u;
        return new KnownContent(s_noise, sum % s_noise.Length, length);
    }

    private static byte[] Noise()
    {
        var noise = new byte[64 * 1024];
        new Random(13).NextBytes(noise);
        return noise;
    }
}
