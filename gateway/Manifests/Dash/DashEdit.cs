using System.Runtime.InteropServices;

namespace Gateway.Manifests.Dash;

/// <summary>Bytes of the document that give way to others.</summary>
/// <param name="Start">First byte that goes.</param>
/// <param name="Length">Bytes that go; 0 inserts.</param>
/// <param name="TextStart">Where what comes begins among the replacements; already escaped for its place.</param>
/// <param name="TextLength">Bytes that come.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DashEdit(int Start, int Length, int TextStart, int TextLength) : IComparable<DashEdit>
{
    public int CompareTo(DashEdit other) => Start.CompareTo(other.Start);
}
