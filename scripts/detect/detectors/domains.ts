// Top-level domains that make a bare word with a dot an address of the web: the generic ones that are used, and the
// countries, without those that are better known as file endings or words (md, py, sh, rs, is, it at a sentence's end).

export const TOP_LEVEL_DOMAINS: readonly string[] = (
  "com|org|net|edu|gov|mil|int|info|biz|name|pro|mobi|jobs|travel|museum|coop|aero|asia|tel|xxx|cat|post|" +
  "app|dev|io|ai|cloud|online|site|website|shop|store|tech|blog|xyz|club|live|news|media|agency|digital|email|group|" +
  "systems|solutions|services|company|health|care|bank|insurance|london|berlin|paris|tokyo|amsterdam|vlaanderen|" +
  "wien|koeln|hamburg|swiss|eu|uk|co\\.uk|org\\.uk|ac\\.uk|gov\\.uk|com\\.au|net\\.au|co\\.nz|co\\.il|co\\.in|co\\.jp|co\\.kr|co\\.za|com\\.br|com\\.cn|com\\.mx|" +
  "com\\.tr|com\\.ar|com\\.sg|com\\.pl|com\\.tw|com\\.cy|com\\.ee|com\\.pt|" +
  "ac|ad|ae|af|al|am|ar|at|au|az|ba|be|bg|br|by|ca|cc|ch|cl|cn|co|cr|cy|cz|de|dk|dz|ec|ee|eg|es|fi|fo|fr|ge|gg|gl|gr|gt|hk|hr|hu|ie|il|in|ir|jp|" +
  "ke|kr|kw|kz|lb|li|lk|lt|lu|lv|ly|ma|mc|me|mk|mt|mx|my|ng|nl|nu|nz|pe|ph|pk|pt|qa|ro|ru|sa|se|sg|si|sk|su|th|tn|tr|tv|tw|ua|us|uy|uz|ve|vn|ws|za"
).split("|");
