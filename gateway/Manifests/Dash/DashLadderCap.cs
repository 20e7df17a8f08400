using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Gateway.Manifests.Offers;

namespace Gateway.Manifests.Dash;

/// <summary>
/// Removes from an MPD, or from an element that one refers to, what is above a bitrate, by the rule of <see cref="LadderCap"/>: whole Representation elements with
/// video, and whole AdaptationSets of which nothing is left, because players refuse an empty one. Every other byte stays. Audio stays: it is the smaller part, and a
/// set of it may be needed by every video rendition.
/// </summary>
/// <remarks>
/// PatchLocations go too: a patch counts elements that are not there any more, and would bring what is left out. Without one, a player loads the MPD anew.
/// </remarks>
internal static class DashLadderCap
{
    /// <param name="document">A DASH document.</param>
    /// <param name="bitsPerSecond">What <c>@bandwidth</c> may be.</param>
    /// <param name="output">Takes the shorter document, in the same encoding; untouched when nothing is left out.</param>
    /// <returns>A document that cannot be read is not cut: the rewriter, which walks through it in the same way, refuses it.</returns>
    public static DashCapOutcome Apply(ReadOnlySpan<byte> document, long bitsPerSecond, IBufferWriter<byte> output) =>
        Apply(document, (rungs, leftOut) => LadderCap.Choose(rungs, bitsPerSecond, leftOut), output);

    /// <summary>The same by another rule.</summary>
    public static DashCapOutcome Apply(ReadOnlySpan<byte> document, LadderCut cut, IBufferWriter<byte> output)
    {
        var kind = DashEncoding.Detect(document, out var encoding);
        if (kind == DashEncoding.Kind.Refused) return DashCapOutcome.Whole;
        if (kind == DashEncoding.Kind.Bytes) return ApplyBytes(document, cut, output);
        if (!DashEncoding.TryToUtf8(document, encoding, out var utf8)) return DashCapOutcome.Whole;
        var shorter = new ArrayBufferWriter<byte>(utf8.Length);
        var outcome = ApplyBytes(utf8, cut, shorter);
        if (outcome == DashCapOutcome.Cut) encoding.GetBytes(Encoding.UTF8.GetString(shorter.WrittenSpan), output);
        return outcome;
    }

    private static DashCapOutcome ApplyBytes(ReadOnlySpan<byte> document, LadderCut cut, IBufferWriter<byte> output)
    {
        var ladder = new Ladder();
        var walk = new MpdWalk(document);
        for (var step = walk.Read(); step != MpdStep.End; step = walk.Read())
        {
            if (walk.Root == DashElement.Patch) return DashCapOutcome.Refused;
            if (step == MpdStep.Open) ladder.Open(document, ref walk);
            else ladder.Close(ref walk);
        }

        if (walk.Outcome != DashOutcome.Unchanged) return DashCapOutcome.Whole;
        var removed = ladder.Choose(cut);
        if (removed.Count == 0) return DashCapOutcome.Whole;
        var from = 0;
        foreach (var (start, end) in removed)
        {
            output.Write(document[from..start]);
            from = end;
        }

        output.Write(document[from..]);
        return DashCapOutcome.Cut;
    }

    /// <summary>What there is to choose from, and where it stands.</summary>
    private sealed class Ladder
    {
        private readonly List<Rung> _rungs = [];
        private readonly List<(int Start, int End)> _sets = [];
        private readonly List<(int Start, int End)> _patches = [];
        private Description _set;
        private Description _rung;
        private int _period;
        private int _firstOfSet;
        private bool _isInSet;
        private bool _isInRung;

        public void Open(ReadOnlySpan<byte> document, ref MpdWalk walk)
        {
            switch (walk.Element)
            {
                case DashElement.Period:
                    _period++;
                    break;
                case DashElement.AdaptationSet when !_isInSet:
                    _isInSet = true;
                    _firstOfSet = _rungs.Count;
                    _set = Description.Of(document, walk.Attributes);
                    break;
                case DashElement.Representation when !_isInRung:
                    _isInRung = true;
                    _rung = Description.Of(document, walk.Attributes);
                    break;
                case DashElement.Property when IsTrickMode(walk.AttributeOf("schemeIdUri"u8)):
                    if (_isInRung) _rung.IsTrickPlay = true;
                    else if (_isInSet) _set.IsTrickPlay = true;
                    break;
            }
        }

        public void Close(ref MpdWalk walk)
        {
            switch (walk.Element)
            {
                case DashElement.Representation when _isInRung:
                    _isInRung = false;
                    _rungs.Add(new Rung(walk.Start, walk.End, _rung, _isInSet ? _sets.Count : -1, _period));
                    break;
                case DashElement.AdaptationSet when _isInSet:
                    _isInSet = false;
                    foreach (ref var rung in CollectionsMarshal.AsSpan(_rungs)[_firstOfSet..]) rung = rung with { Says = rung.Says.Below(_set) };
                    _sets.Add((walk.Start, walk.End));
                    break;
                case DashElement.PatchLocation:
                    _patches.Add((walk.Start, walk.End));
                    break;
            }
        }

        /// <summary>What goes, in the order of the document.</summary>
        public List<(int Start, int End)> Choose(LadderCut cut)
        {
            var video = _rungs.FindAll(r => r.Says.IsVideo);
            var ladder = video.ConvertAll(r => new LadderRung(
                r.Says.Bandwidth, r.Says.IsTrickPlay ? RungKind.TrickPlay : RungKind.Video, CodecFamily.Of(r.Says.Codecs), r.Period));
            var leftOut = new bool[ladder.Count];
            cut(CollectionsMarshal.AsSpan(ladder), leftOut);

            // A set that holds more than video is never removed whole.
            var left = new int[_sets.Count];
            foreach (var rung in _rungs)
            {
                if (rung.Set >= 0) left[rung.Set]++;
            }

            for (var i = 0; i < leftOut.Length; i++)
            {
                if (leftOut[i] && video[i].Set >= 0) left[video[i].Set]--;
            }

            var removed = new List<(int Start, int End)>(_patches);
            var lastSet = -1;
            for (var i = 0; i < leftOut.Length; i++)
            {
                var rung = video[i];
                if (!leftOut[i] || (rung.Set >= 0 && rung.Set == lastSet)) continue;
                var goesWhole = rung.Set >= 0 && left[rung.Set] == 0;
                if (goesWhole) lastSet = rung.Set;
                removed.Add(goesWhole ? _sets[rung.Set] : (rung.Start, rung.End));
            }

            removed.Sort();
            return removed;
        }

        private static bool IsTrickMode(ReadOnlySpan<byte> scheme) => scheme.SequenceEqual("http://dashif.org/guidelines/trickmode"u8);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Rung(int Start, int End, Description Says, int Set, int Period);

    /// <summary>The attributes of a Representation or an AdaptationSet that decide.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct Description
    {
        /// <summary>An unreadable value counts as above every limit: such a Representation is played only where there is no other.</summary>
        public long Bandwidth;

        /// <summary>Null where the element does not tell.</summary>
        public bool? SaysVideo;
        public string Codecs;
        public bool IsTrickPlay;

        public readonly bool IsVideo => SaysVideo ?? false;

        public static Description Of(ReadOnlySpan<byte> document, Range attributes)
        {
            var found = new Description { Bandwidth = long.MaxValue, Codecs = "" };
            bool? mime = null;
            var hasWidth = false;
            for (var each = new XmlAttributes(document, attributes); each.Read();)
            {
                if (each.Name.SequenceEqual("bandwidth"u8)) found.Bandwidth = long.TryParse(Text(each.Value), NumberStyles.None, CultureInfo.InvariantCulture, out var bits) ? bits : long.MaxValue;
                else if (each.Name.SequenceEqual("codecs"u8)) found.Codecs = Text(each.Value);
                else if (each.Name.SequenceEqual("contentType"u8)) found.SaysVideo = Text(each.Value) == "video";
                else if (each.Name.SequenceEqual("mimeType"u8)) mime = Text(each.Value).StartsWith("video/", StringComparison.OrdinalIgnoreCase);
                else if (each.Name.SequenceEqual("width"u8)) hasWidth = true;
            }

            found.SaysVideo ??= mime;
            // Without a type, which the schema wants and some players do without, the codec or the video's size tells.
            if (found.SaysVideo is null && (hasWidth || CodecFamily.HasVideo(found.Codecs))) found.SaysVideo = true;
            return found;
        }

        /// <summary>The same with the attributes inherited from the AdaptationSet.</summary>
        public readonly Description Below(Description set) => new()
        {
            Bandwidth = Bandwidth,
            SaysVideo = set.SaysVideo is true || SaysVideo is true,
            Codecs = Codecs.Length > 0 ? Codecs : set.Codecs,
            IsTrickPlay = IsTrickPlay || set.IsTrickPlay,
        };

        private static string Text(ReadOnlySpan<byte> raw)
        {
            var value = raw.Length <= 256 ? stackalloc byte[512] : new byte[raw.Length * 2];
            return Encoding.UTF8.GetString(value[..XmlValue.Decode(raw, DashSpelling.DoubleQuoted, isUtf8: true, value)]).Trim();
        }
    }
}
