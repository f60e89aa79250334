namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>How alike two words are, by Jaro's measure: 1 for the same, 0 for nothing in common.</summary>
internal static class Likeness
{
    public static double Of(string left, string right)
    {
        if (left.Length == 0 || right.Length == 0)
        {
            return left.Length == right.Length ? 1 : 0;
        }

        // A letter counts when it is found again no further off than half of the longer word.
        var distance = Math.Max((Math.Max(left.Length, right.Length) / 2) - 1, 0);
        var isTaken = new bool[right.Length];
        List<char> found = [];
        for (var i = 0; i < left.Length; i++)
        {
            for (var j = Math.Max(i - distance, 0); j <= Math.Min(i + distance, right.Length - 1); j++)
            {
                if (!isTaken[j] && right[j] == left[i])
                {
                    isTaken[j] = true;
                    found.Add(left[i]);
                    break;
                }
            }
        }

        if (found.Count == 0)
        {
            return 0;
        }

        double common = found.Count;
        var inOrder = right.Where((_, index) => isTaken[index]).ToList();
        var swapped = found.Where((letter, index) => letter != inOrder[index]).Count() / 2;
        return ((common / left.Length) + (common / right.Length) + ((common - swapped) / common)) / 3;
    }
}
