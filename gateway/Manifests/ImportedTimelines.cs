using System.Collections.Frozen;
using Gateway.Timelines;

namespace Gateway.Manifests;

/// <summary>The timelines of a media playlist as they are under the variables of a multivariant one.</summary>
internal sealed record ImportedTimelines(FrozenDictionary<string, string> Variables, IReadOnlyList<MediaTimeline> Timelines)
{
    /// <summary>By content: each reload of a multivariant playlist brings its variables anew, and they hardly ever change.</summary>
    public bool IsFor(FrozenDictionary<string, string> variables)
    {
        if (ReferenceEquals(variables, Variables)) return true;
        if (variables.Count != Variables.Count) return false;
        foreach (var (name, value) in variables)
        {
            if (!Variables.TryGetValue(name, out var known) || known != value) return false;
        }

        return true;
    }
}
