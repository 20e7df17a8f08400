using System.Collections.Immutable;

namespace Gateway.Load.Links.Virtual;

/// <summary>
/// Sizes of a made-up title's segments. What is hard to encode is so on all rungs, so most of the spread is one for all of them; it changes slowly from segment to segment, as
/// scenes do.
/// </summary>
internal sealed class SegmentSizes
{
    private readonly long[][] _video;
    private readonly long[] _audio;

    public SegmentSizes(TitleShape shape)
    {
        var dice = new Random(shape.Seed);
        var scene = new double[shape.Segments];
        var level = 0.0;
        for (var i = 0; i < scene.Length; i++)
        {
            level = (0.7 * level) + (Math.Sqrt(1 - 0.49) * Normal(dice));
            scene[i] = level;
        }

        _video = new long[shape.Rungs.Length][];
        for (var rung = 0; rung < _video.Length; rung++)
        {
            _video[rung] = shape.Sizes.Length > rung ? [.. shape.Sizes[rung]] : Make(shape, shape.Rungs[rung].Kbps, scene, dice);
        }

        _audio = shape.AudioSizes.Length > 0 ? [.. shape.AudioSizes] : [.. Enumerable.Repeat((long)(shape.AudioKbps * 125 * shape.SegmentSeconds), Math.Max(shape.Segments, 1))];
    }

    /// <summary>Bytes.</summary>
    public long Video(int rung, long number) => _video[rung][(int)(number % _video[rung].Length)];

    /// <summary>Bytes.</summary>
    public long Audio(long number) => _audio[(int)(number % _audio.Length)];

    /// <summary>The mean comes out exactly, so that a rung's declared rate is true.</summary>
    private static long[] Make(TitleShape shape, int kbps, double[] scene, Random dice)
    {
        var factors = scene.Select(s => Math.Exp(shape.Spread * ((0.9 * s) + (0.43 * Normal(dice))))).ToImmutableArray();
        var mean = factors.Average();
        return [.. factors.Select(f => Math.Max((long)(kbps * 125 * shape.SegmentSeconds * f / mean), 1))];
    }

    /// <summary>Box and Muller.</summary>
    private static double Normal(Random dice) => Math.Sqrt(-2 * Math.Log(1 - dice.NextDouble())) * Math.Cos(2 * Math.PI * dice.NextDouble());
}
