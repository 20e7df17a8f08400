using System.Runtime.InteropServices;

namespace Gateway.Manifests.Dash;

/// <summary>One MPD, Period, AdaptationSet or Representation, or the unknown context of a remote element or a patch.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct MpdContext
{
    /// <summary>Index of the level around it; -1 for the root.</summary>
    public int Parent;

    /// <summary>First and last of its own BaseURLs among the references; -1 without.</summary>
    public int FirstBase;

    public int LastBase;

    /// <summary>Whether a level lies inside.</summary>
    public bool HasChild;

    /// <summary>Whether its base leads back to the URL of the document over relative steps only.</summary>
    public bool DependsOnDocument;

    /// <summary>Whether its base leads back to a context that is not known, over relative steps only.</summary>
    public bool DependsOnContext;

    /// <summary>Index of the first innermost level inside; itself without any. Its base stands for all that share an inherited reference.</summary>
    public int Innermost;
}
