using System.Diagnostics.CodeAnalysis;
using Gateway.Json;

namespace Gateway.Rollout.Judging;

/// <summary>
/// All that the judge knows of a wave. It is counts and nothing else: nodes count for themselves and are added up in any order, and a verdict on the sum is the verdict that
/// one node would have come to. Not safe for several threads.
/// </summary>
internal sealed class JudgeState
{
    /// <summary>A file of a few kilobytes; more is none.</summary>
    public const int MaxLength = 64 * 1024;

    /// <param name="wave">Which judged wave this is, from 1 on.</param>
    public JudgeState(int wave)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(wave, 1);
        Wave = wave;
    }

    public int Wave { get; }

    public ArmTally Control { get; } = new();

    public ArmTally Treatment { get; } = new();

    /// <summary>Judged sessions of both arms.</summary>
    public long Sessions => Control.Sessions + Treatment.Sessions;

    public void Add(SessionOutcome outcome) => (outcome.Arm == Arm.Treatment ? Treatment : Control).Add(outcome);

    /// <summary>Adds what another node has counted of the same wave; adding the same thing twice is the caller's to avoid.</summary>
    /// <exception cref="ArgumentException">It is of another wave.</exception>
    public void Merge(JudgeState other)
    {
        if (other.Wave != Wave) throw new ArgumentException($"Counts of wave {other.Wave} do not belong to wave {Wave}.", nameof(other));
        Control.Merge(other.Control);
        Treatment.Merge(other.Treatment);
    }

    /// <summary>JSON in UTF-8, versioned, a few kilobytes at most.</summary>
    public byte[] Write() => JudgeStateJson.Write(this);

    /// <param name="json">What <see cref="Write"/> has written, here or on another node.</param>
    /// <param name="state">What it says.</param>
    /// <param name="error">What is wrong with it, in a sentence.</param>
    public static bool TryRead(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out JudgeState? state, [NotNullWhen(false)] out string? error)
    {
        state = null;
        error = null;
        if (json.Length > MaxLength) error = $"A judge's state has at most {MaxLength} bytes, and this has {json.Length}.";
        else if (!StrictJson.TryParse(json, out var document)) error = "A judge's state is a JSON object, and this is none.";
        else
        {
            using (document) error = JudgeStateJson.Read(document.RootElement, out state);
        }

        return error is null && state is not null;
    }
}
