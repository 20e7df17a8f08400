using System.Diagnostics.Metrics;

namespace Gateway.Tests.Docs;

/// <summary>An instrument, and the words that were heard for each of its labels.</summary>
internal sealed class ProbedInstrument(Instrument instrument)
{
    private readonly SortedDictionary<string, SortedSet<string>> _labels = new(StringComparer.Ordinal);

    public Instrument Instrument { get; } = instrument;

    public IReadOnlyDictionary<string, SortedSet<string>> Labels => _labels;

    public void Add(string label, string word)
    {
        if (!_labels.TryGetValue(label, out var words)) _labels[label] = words = new SortedSet<string>(StringComparer.Ordinal);
        words.Add(word);
    }
}
